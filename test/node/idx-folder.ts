import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { numbers } from '../helpers.js';

/** The bytes of an idx file of bytes. */
export function idx(shape: readonly number[], entries: ArrayLike<number>): Uint8Array {
  const size = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
  return Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap(size), ...Array.from(entries)]);
}

/** MNIST's four files, of so many small images. Row i of each part bears the label i modulo 10. */
export function mnistLike(train = 30, test = 20, width = 5, height = 4): Record<string, Uint8Array> {
  const images = (count: number) =>
    idx(
      [count, height, width],
      numbers(count * width * height, count).map((u) => Math.floor(u * 256)),
    );
  const labels = (count: number) =>
    idx(
      [count],
      Array.from({ length: count }, (_, i) => i % 10),
    );
  return {
    'train-images-idx3-ubyte': images(train),
    'train-labels-idx1-ubyte': labels(train),
    't10k-images-idx3-ubyte': images(test),
    't10k-labels-idx1-ubyte': labels(test),
  };
}

export function writeFiles(folder: string, files: Record<string, Uint8Array>): void {
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
}
