import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectRoot } from './helpers.js';

/** What a page loads that embeds it. */
const CORE = 'src/core.ts';

const options = {
  absWorkingDir: projectRoot,
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  write: false,
  metafile: true,
  outdir: 'unused',
  logLevel: 'error',
} as const;

/** Bytes minified and gzipped, with what the core has of some files replaced by nothing. */
async function sizeOf(without: RegExp | null): Promise<number> {
  const hollow: Plugin = {
    name: 'hollow',
    setup({ onLoad }) {
      onLoad({ filter: without ?? /^$/ }, async ({ path }) => {
        const { metafile } = await build({ ...options, entryPoints: [path] });
        const { exports } = Object.values(metafile.outputs)[0];
        return { contents: exports.map((name) => `export const ${name} = () => {};`).join('\n'), loader: 'ts' };
      });
    },
  };
  const { outputFiles } = await build({ ...options, entryPoints: [CORE], plugins: without ? [hollow] : [] });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

/** What came to the core after it was first measured, and how much of the whole each may be. */
const additions: [string, RegExp, number][] = [
  ['model files', /src\/core\/model-file\.ts$/, 3_300],
  ['preparation of X', /src\/numbers\/preparation\.ts$/, 900],
  ['training it well', /src\/training\/(activity|averaging|clip|resampling|schedule|start|steering)\.ts$/, 3_600],
  ['metrics', /src\/model\/quality\.ts$/, 800],
];
const BASE = 30_000;

test('the core, minified and gzipped, SIMD kernels and all, keeps to what each part may take', async () => {
  const whole = await sizeOf(null);
  const lines: string[] = [];
  let base = whole;
  for (const [name, files, most] of additions) {
    const bytes = whole - (await sizeOf(files));
    base -= bytes;
    lines.push(`${bytes} ${name}`);
    assert.ok(bytes <= most, `${name}: ${bytes} bytes, expected at most ${most}`);
  }
  console.log(`${whole} bytes gzipped: ${base} the core alone, ${lines.join(', ')}`);
  assert.ok(base <= BASE, `${base} bytes without ${additions.map(([name]) => name).join(' and ')}, expected at most ${BASE}`);
});

test.run();
