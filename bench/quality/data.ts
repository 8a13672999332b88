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

/** The commonest words of GloVe, each row less the mean of all and then brought to its length, in one random order; judged by all. */
function words(files: Files): Data {
  installWords((line) => process.stderr.write(`${line}\n`));
  const vectors = readWordVectors(WORDS).data;
  const mean = new Float64Array(WIDTH);
  for (let i = 0; i < vectors.length; i++) mean[i % WIDTH] += vectors[i] / WORDS;
  const data = new Float32Array(vectors.length);
  shuffled(WORDS).forEach((from, to) => {
    const row = vectors.slice(from * WIDTH, (from + 1) * WIDTH).map((value, p) => value - mean[p]);
    const length = Math.hypot(...row);
    data.set(
      row.map((value) => (LENGTH * value) / length),
      to * WIDTH,
    );
  });
  const part = { data, rows: WORDS, cols: WIDTH, path: files.write('train', data) };
  return { train: part, judge: part };
}
