import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { projectRoot } from './helpers.js';

/** What a page loads that embeds it. */
const CORE = 'src/core.ts';
const MOST_BYTES = 25_000;

test(`the core is at most ${MOST_BYTES} bytes, minified and gzipped, SIMD kernels and all`, async () => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: [CORE],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    metafile: true,
    outdir: 'unused',
    logLevel: 'error',
  });
  const [{ contents }] = outputFiles;
  const size = gzipSync(contents, { level: 9 }).length;

  const parts = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(Object.values(metafile.outputs)[0].inputs)) {
    const part = /^node_modules\/[^/]+|^src\/kernels\/simd\/wasm|^src\/\w+/.exec(path)?.[0] ?? path;
    parts.set(part, (parts.get(part) ?? 0) + bytesInOutput);
  }
  for (const [part, bytes] of [...parts].sort(([, a], [, b]) => b - a)) console.log(`${String(bytes).padStart(7)}  ${part}`);
  console.log(`${String(contents.length).padStart(7)}  in all; gzip ${size}, brotli ${brotliCompressSync(contents).length}`);
  assert.ok(size <= MOST_BYTES, `${size} bytes, expected at most ${MOST_BYTES}`);
});

test.run();
