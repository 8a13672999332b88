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

/** What came to the core after its four elementwise codes, KL and L1, and how much of the whole each may be. */
const additions: [string, RegExp, number][] = [
  [
    'more ways to be sparse',
    /src\/(sparsity\/(codes\/(selected|topk|batch-topk|jumprelu|gated|variational)|penalties\/(l0|weighted-l1|gaussian)|modifiers\/\S+|terms\/(aux-k|contractive)|sums)|layers\/(prefix-decoder|tied)|kernels\/(selected|plain\/topk)|numbers\/noise|training\/corruption)\.ts$/,
    10_000,
  ],
  ['training it well', /src\/training\/(activity|averaging|clip|resampling|schedule|start|steering)\.ts$/, 3_600],
  ['model files', /src\/core\/model-file\.ts$/, 3_550],
  ['forms of X', /src\/numbers\/(arrow|half|row-forms)\.ts$/, 1_700],
  ['preparation of X', /src\/numbers\/preparation\.ts$/, 900],
  ['sparse codes', /src\/((numbers|kernels)\/csr|model\/(sparse-codes|search))\.ts$/, 2_000],
  ['refitted codes', /src\/(model\/refit|numbers\/nnls)\.ts$/, 1_500],
  ['understanding', /src\/(meaning\/\S+|core\/understanding|numbers\/normal)\.ts$/, 4_750],
  ['scores', /src\/(scores\/\S+|numbers\/eigen)\.ts$/, 3_600],
  ['the preset for embeddings', /src\/core\/embeddings\.ts$/, 1_000],
  ['metrics', /src\/model\/(quality|saturation)\.ts$/, 800],
];
const BASE = 44_450;

test('the core, minified and gzipped, SIMD kernels and all, keeps to what each part may take', async () => {
  const whole = await sizeOf(null);
  const lines: string[] = [];
  for (const [name, files, most] of additions) {
    const bytes = whole - (await sizeOf(files));
    lines.push(`${bytes} ${name}`);
    assert.ok(bytes <= most, `${name}: ${bytes} bytes, expected at most ${most}`);
  }
  const base = await sizeOf(new RegExp(additions.map(([, { source }]) => source).join('|')));
  console.log(`${whole} bytes gzipped: ${lines.join(', ')}; ${base} without all of these`);
  assert.ok(base <= BASE, `${base} bytes without what was added, expected at most ${BASE}`);
});

test.run();
