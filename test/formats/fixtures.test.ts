/** What numpy, Python's csv and json, and a few lines after the specification wrote: see fixtures/formats.py. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countOf, type Entries } from '../../src/formats/entries.js';
import { parseIdx } from '../../src/formats/idx.js';
import { readNpy, writeNpy } from '../../src/formats/npy.js';
import { readSafetensors } from '../../src/formats/safetensors.js';
import { readTable } from '../../src/formats/table.js';
import { fails, sameBits } from '../helpers.js';

interface Fixture {
  readonly base64: string;
  readonly shape: number[];
  readonly dtype: string;
  readonly values: string[];
  readonly names?: string[];
  readonly label?: string;
  readonly labels?: string[];
  readonly metadata?: Record<string, string>;
  readonly tensors?: Record<string, string[]>;
}

const fixtures: Record<string, Fixture> = JSON.parse(readFileSync(new URL('../fixtures/formats.json', import.meta.url), 'utf8'));
const bytesOf = ({ base64 }: Fixture) => Uint8Array.from(Buffer.from(base64, 'base64'));
const numberOf = (text: string) => ({ inf: Infinity, '-inf': -Infinity, nan: Number.NaN })[text] ?? Number(text);

/** Of binary16, whatever is a value of it: ±m·2ᵉ with e ≥ −24. */
function half(bits: number): number {
  const [exponent, mantissa] = [(bits >> 10) & 31, bits & 1023];
  const size =
    exponent === 31
      ? mantissa
        ? Number.NaN
        : Infinity
      : exponent
        ? (1024 + mantissa) * 2 ** (exponent - 25)
        : mantissa * 2 ** -24;
  return bits >> 15 ? -size : size;
}

function sameEntries(dtype: string, data: Entries, expected: readonly string[], what: string): void {
  assert.is(data.length, expected.length, what);
  for (let i = 0; i < data.length; i++) {
    const got = data[i];
    const value = typeof got === 'bigint' ? got : dtype === 'F16' ? half(got) : got;
    const wanted = typeof got === 'bigint' ? BigInt(expected[i]) : numberOf(expected[i]);
    assert.ok(Object.is(value, wanted), `${what}[${i}] is ${value}, expected ${wanted}`);
  }
}

const ending = (end: string) => Object.entries(fixtures).filter(([name]) => name.endsWith(end));

for (const [name, fixture] of ending('.npy')) {
  test(`readNpy, exactly: ${name}`, () => {
    const { dtype, shape, data } = readNpy(bytesOf(fixture), name);
    assert.is(dtype, fixture.dtype);
    assert.equal(shape, fixture.shape);
    sameEntries(dtype, data, fixture.values, name);
  });
}

test('writeNpy writes what numpy.save writes, byte for byte', () => {
  const plain = ending('.npy').filter(([name]) => !/swapped|fortran|version/.test(name));
  assert.is(plain.length, 18);
  for (const [name, fixture] of plain) {
    const bytes = bytesOf(fixture);
    assert.is(Buffer.compare(writeNpy(readNpy(bytes, name)), bytes), 0, name);
  }
});

for (const [name, fixture] of ending('.idx')) {
  test(`parseIdx, exactly: ${name}`, () => {
    const { dtype, shape, data } = parseIdx(bytesOf(fixture), name);
    assert.is(dtype, fixture.dtype);
    assert.equal(shape, fixture.shape);
    sameEntries(dtype, data, fixture.values, name);
  });
}

for (const [name, fixture] of ending('.safetensors')) {
  test(`readSafetensors, exactly, aligned or not: ${name}`, () => {
    const { tensors, metadata } = readSafetensors(bytesOf(fixture), name);
    assert.equal([...metadata].sort(), Object.entries(fixture.metadata ?? {}).sort());
    const expected = Object.entries(fixture.tensors ?? {});
    assert.is(expected.length, 12);
    assert.is(tensors.size, 12);
    for (const [key, values] of expected) {
      const tensor = tensors.get(key);
      assert.is(tensor?.dtype, key);
      assert.equal(tensor?.shape, [3, 5]);
      if (tensor) sameEntries(key, tensor.data, values, key);
    }
  });
}

for (const [name, fixture] of Object.entries(fixtures)) {
  if (fixture.tensors) continue;
  const { shape, label } = fixture;
  if (shape.length === 0 || countOf(shape.slice(1)) === 0) {
    test(`readTable refuses ${name}: ${shape.length ? 'no columns' : 'a single number'}`, async () => {
      const what = shape.length ? 'has rows of no entries (3 × 0)' : 'is a single number, expected a table';
      await fails(() => readTable(bytesOf(fixture), name), `${name}: ${what}`);
    });
    continue;
  }
  test(`readTable in both types: ${name}`, () => {
    const options = { label, array: name.endsWith('npz') ? 'x' : undefined };
    const exact = fixture.values.map(numberOf);
    for (const dtype of ['float64', 'float32'] as const) {
      const table = readTable(bytesOf(fixture), name, { ...options, dtype });
      assert.is(table.rows, shape[0]);
      assert.is(table.cols, countOf(shape.slice(1)));
      sameBits(table.data, dtype === 'float64' ? exact : Float32Array.from(exact), name);
      assert.equal(table.names, fixture.names);
      assert.equal(table.labels, fixture.labels);
    }
  });
}

test('a Buffer is read as its bytes are, wherever in its memory it lies', () => {
  for (const [name, fixture] of [...ending('.npy'), ...ending('.idx')]) {
    const bytes = bytesOf(fixture);
    const room = Buffer.alloc(bytes.length + 16, 7);
    for (const at of [0, 1, 4]) {
      room.set(bytes, at);
      const { dtype, data } = (name.endsWith('npy') ? readNpy : parseIdx)(room.subarray(at, at + bytes.length), name);
      sameEntries(dtype, data, fixture.values, name);
      assert.is(Buffer.compare(room.subarray(at, at + bytes.length), bytes), 0, 'the bytes are as they were');
    }
  }
});

test('an archive whose end record refers to the one of 64 bits', async () => {
  const bytes = bytesOf(fixtures['zip64.npz']);
  const end = bytes.length - 22;
  bytes.fill(0xff, end + 8, end + 20);
  const { data } = readTable(bytes, 'zip64.npz');
  sameBits(data, Float32Array.from(fixtures['zip64.npz'].values.map(numberOf)));
  bytes[end - 20] = 0;
  await fails(() => readTable(bytes, 'f'), `f: byte ${end - 20} does not begin a zip64 locator (broken zip archive)`);
});

test('gzip may be unpacked by another function, which is told how much may come out', () => {
  const name = 'images-idx3-ubyte.gz';
  const asked: number[] = [];
  const gunzip = (packed: Uint8Array, atMost: number) => {
    asked.push(atMost);
    return gunzipSync(packed, { maxOutputLength: atMost });
  };
  const { kind, data } = readTable(bytesOf(fixtures[name]), name, { gunzip });
  assert.is(kind, 'idx');
  sameBits(data, fixtures[name].values.map(Number));
  assert.equal(asked, [4 + 12 + 24]);
});

test.run();
