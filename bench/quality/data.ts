/** What is trained on. */

import type { Files } from '../data.js';
import { shuffled } from '../data.js';
import { mnistFolder, readImageDataSet } from '../library.js';
import { installWords, readWordVectors, WIDTH } from '../words/data.js';

export interface Data {
  readonly train: Part;
  readonly judge: Part;
}

export interface Part {
  readonly data: Float32Array;
  readonly rows: number;
  readonly cols: number;
  /** Where the peer finds it. */
  readonly path: string;
}

const WORDS = 20_000;
/** Rows of words that make 250 batches of 1,024. */
const WORD_ROWS = 256_000;
/** What GloVe's rows are brought to. */
const LENGTH = 10;

/** Where the idx files are, unless a folder is named: Debian's, of Fashion-MNIST. */
const FOLDERS: Readonly<Record<string, () => string>> = {
  mnist: mnistFolder,
  fashion: () => '/usr/share/datasets/fashion-mnist',
};

export const NAMES = [...Object.keys(FOLDERS), 'glove'];

/** By name; of images from a folder, if one is given. */
export const dataOf = (name: string, files: Files, folder: string | undefined): Data =>
  name === 'glove' ? words(files) : images(files, folder ?? FOLDERS[name]());

function images(files: Files, folder: string): Data {
  const { train, test } = readImageDataSet(folder);
  const part = (name: string, { pixels, rows, width, height }: typeof train) => ({
    data: pixels,
    rows,
    cols: width * height,
    path: files.write(name, pixels),
  });
  return { train: part('train', train), judge: part('judge', test) };
}

/**
 * The commonest words of GloVe, each row less the mean of all and then brought to its length. Trained on in thirteen random
 * orders, one after the other: batches that come again every 20 steps would be learned in turn, and L0 with them.
 */
function words(files: Files): Data {
  installWords((line) => process.stderr.write(`${line}\n`));
  const vectors = readWordVectors(WORDS).data;
  const mean = new Float64Array(WIDTH);
  for (let i = 0; i < vectors.length; i++) mean[i % WIDTH] += vectors[i] / WORDS;
  const all = new Float32Array(vectors.length);
  for (let at = 0; at < all.length; at += WIDTH) {
    const row = vectors.slice(at, at + WIDTH).map((value, p) => value - mean[p]);
    const length = Math.hypot(...row);
    for (let p = 0; p < WIDTH; p++) all[at + p] = (LENGTH * row[p]) / length;
  }
  const dealt = new Float32Array(WORD_ROWS * WIDTH);
  for (let first = 0; first < WORD_ROWS; first += WORDS) {
    shuffled(WORDS, 1 + first)
      .subarray(0, WORD_ROWS - first)
      .forEach((word, i) => {
        dealt.set(all.subarray(word * WIDTH, (word + 1) * WIDTH), (first + i) * WIDTH);
      });
  }
  const part = (name: string, data: Float32Array) => ({
    data,
    rows: data.length / WIDTH,
    cols: WIDTH,
    path: files.write(name, data),
  });
  return { train: part('train', dealt), judge: part('judge', all) };
}
