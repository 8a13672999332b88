import { parseIdx } from '../formats/idx.js';
import { readSafetensors } from '../formats/safetensors.js';
import type { Table } from '../formats/table.js';
import type { Matrix } from '../kernels/kernels.js';
import type { Setup } from './setup.js';

/** Rows to learn from, and how to show them. */
export interface Samples {
  readonly x: Matrix;
  /** The class of each row, as text. */
  readonly labels: readonly string[] | null;
  /** What the columns are called, where they have names. */
  readonly names?: readonly string[] | undefined;
  /** What each row is called, where a row is a thing with a name. */
  readonly texts: readonly string[] | null;
  readonly image: { readonly width: number; readonly height: number } | null;
  /** Least and greatest number. */
  readonly range: readonly [number, number];
}

/** A file beside the worker's own. @throws (rejects) which one could not be had, and why */
async function fetched(name: string): Promise<Uint8Array> {
  try {
    return await unpacked(await fetch(new URL(name, import.meta.url)));
  } catch (error) {
    throw new Error(`${name} could not be loaded (${(error as Error).message}). Ask for it again to try again.`);
  }
}

/** Gzipped on the disk, and maybe unpacked on the way by whoever serves it. */
async function unpacked(response: Response): Promise<Uint8Array> {
  if (!response.ok) throw new Error(String(response.status));
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

/** What a setup learns from. */
export const loadSamples = ({ world, samples }: Pick<Setup, 'world' | 'samples'>): Promise<Samples> =>
  world === 'words' ? loadWords() : loadDigits(samples);

/** Words and their vectors, each of whose numbers is a whole number of steps of its row's own: see build.ts. */
async function loadWords(): Promise<Samples> {
  const { tensors, metadata } = readSafetensors(await fetched('words.safetensors.gz'), 'words');
  const [vectors, steps] = [tensors.get('vectors'), tensors.get('steps')];
  if (!vectors || !steps) throw new RangeError('words: vectors or steps are missing');
  const [rows, cols] = vectors.shape;
  const data = Float32Array.from(
    { length: rows * cols },
    (_, k) => Number(vectors.data[k]) * Number(steps.data[Math.floor(k / cols)]),
  );
  const texts = JSON.parse(metadata.get('words') ?? '[]') as string[];
  return { x: { data, rows, cols }, labels: texts, texts, image: null, range: [-1, 1] };
}

/** The first so many of MNIST's training digits, pixels from 0 to 1. */
async function loadDigits(count: number): Promise<Samples> {
  const [pixels, labels] = await Promise.all([fetched(`digits-${count}.idx.gz`), fetched(`labels-${count}.idx.gz`)]);
  const { shape, data } = parseIdx(pixels, 'digits', 3);
  const [rows, height, width] = shape;
  const x = { data: Float32Array.from(data, (byte) => byte / 255), rows, cols: width * height };
  const classes = Array.from(parseIdx(labels, 'labels', 1).data, String);
  return { x, labels: classes, texts: null, image: { width, height }, range: [0, 1] };
}

/** The trained model's file. */
export const loadTrained = (): Promise<Uint8Array> => fetched('trained.safetensors.gz');

/** As many rows of a visitor's file are learned from. */
const MOST_ROWS = 100_000;

/**
 * A table as samples. Rows of a square number of entries, none below 0, are taken for pictures and brought to 0 … 1.
 * @throws RangeError, in one readable sentence, for a table that there is nothing to learn from in
 */
export function samplesOf({ rows, cols, data, labels, names }: Table, name: string): Samples {
  if (rows < 2) throw new RangeError(`${name} has ${rows === 1 ? 'one row' : 'no rows'}, expected two or more to learn from.`);
  if (cols > 4096) throw new RangeError(`${name} has rows of ${cols} numbers, expected at most 4,096.`);
  const kept = Math.min(rows, MOST_ROWS);
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < kept * cols; i++) {
    const value = data[i];
    if (!Number.isFinite(value)) {
      throw new RangeError(`${name}: row ${Math.floor(i / cols) + 1}, column ${(i % cols) + 1} is ${value}, expected a number.`);
    }
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) throw new RangeError(`${name} holds the number ${low} throughout: there is nothing to learn from it.`);
  const side = Math.sqrt(cols);
  const picture = Number.isInteger(side) && side >= 6 && low >= 0;
  const scale = picture ? high : 1;
  const x = { data: Float32Array.from(data.subarray(0, kept * cols), (value) => value / scale), rows: kept, cols };
  return {
    x,
    labels: labels?.slice(0, kept).map(String) ?? null,
    names,
    texts: null,
    image: picture ? { width: side, height: side } : null,
    range: picture ? [0, 1] : [low, high],
  };
}

/** What a model of these rows is like, apart from what the page's controls say. */
export const shapeOptions = ({ x, image, texts }: Samples) =>
  texts
    ? ({ inputDim: x.cols, outputActivation: 'identity', preparation: { center: true, meanNorm: true } } as const)
    : image
      ? ({ inputDim: x.cols, outputActivation: 'sigmoid' } as const)
      : ({ inputDim: x.cols, outputActivation: 'identity', preparation: { standardize: true } } as const);
