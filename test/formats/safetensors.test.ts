import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesOf, DTYPES, entriesAt, type Tensor } from '../../src/formats/entries.js';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.js';
import { fails } from '../helpers.js';
import { concat, rawBytes, safetensorsOf, sameTensor, tensors, utf8 } from './bytes.js';

const F32 = (shape: number[], data: number[]): Tensor => ({ dtype: 'F32', shape, data: Float32Array.from(data) });
const read = (bytes: Uint8Array) => readSafetensors(bytes, 'file');

test('a file by hand', () => {
  const header = '{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}  ';
  const file = read(safetensorsOf(header, rawBytes(Float32Array.of(1.5, -2))));
  assert.equal([...file.metadata], [['format', 'pt']]);
  assert.equal([...file.tensors], [['a', F32([2, 1], [1.5, -2])]]);
});

test('the bytes that are written: widest first, then by name, the header a multiple of 8', () => {
  const bytes = writeSafetensors(
    [
      ['z', { dtype: 'U8', shape: [1], data: Uint8Array.of(9) }],
      ['b', F32([], [2])],
      ['a', F32([1], [1])],
      ['w', { dtype: 'F64', shape: [0, 3], data: new Float64Array(0) }],
    ],
    [['k', 'v']],
  );
  const header =
    '{"__metadata__":{"k":"v"},"w":{"dtype":"F64","shape":[0,3],"data_offsets":[0,0]},' +
    '"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[],"data_offsets":[4,8]},' +
    '"z":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}';
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
  assert.equal(bytes, safetensorsOf(padded, concat(rawBytes(Float32Array.of(1, 2)), [9])));
  assert.is(writeSafetensors([]).length, 8 + 8, 'no tensors: {} and six spaces');
});

test('types are laid out in the order of the reference implementation', () => {
  const bytes = writeSafetensors(
    [...DTYPES]
      .sort()
      .map((dtype) => [dtype, { dtype, shape: [1], data: entriesAt(new Uint8Array(8), dtype, 0, bytesOf(dtype)) }]),
  );
  // safetensors/src/tensor.rs, enum Dtype, backwards.
  assert.equal(
    [...read(bytes).tensors.keys()],
    ['U64', 'I64', 'F64', 'F32', 'U32', 'I32', 'BF16', 'F16', 'U16', 'I16', 'I8', 'U8', 'BOOL'],
  );
});

test('tensors are views where they are aligned, copies where not, wherever the bytes lie', () => {
  const bytes = writeSafetensors([['a', F32([2], [1, 2])]]);
  assert.is(read(bytes).tensors.get('a')?.data.buffer, bytes.buffer);
  for (const shift of [1, 4, 8]) {
    const within = new Uint8Array(bytes.length + 16);
    within.set(bytes, shift);
    const { data } = read(within.subarray(shift, shift + bytes.length)).tensors.get('a') as Tensor;
    assert.is(data.buffer === within.buffer, shift % 4 === 0);
    assert.equal([...data], [1, 2]);
  }
});

test('names and metadata are never properties of a prototype', () => {
  const names = ['__proto__', 'constructor', 'toString', '0', '', 'ü "quoted" \\ {'];
  const bytes = writeSafetensors(
    names.map((name, i) => [name, F32([1], [i])]),
    names.map((name, i) => [name, `${i}`]),
  );
  const file = read(bytes);
  assert.equal(new Map([...file.metadata]), new Map(names.map((name, i) => [name, `${i}`])));
  for (const [i, name] of names.entries()) assert.equal(file.tensors.get(name), F32([1], [i]));
  assert.is(({} as Record<string, unknown>)[0], undefined);
});

test('what is written is read, every type, any shapes and names', () => {
  const property = fc.property(
    fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), tensors()), { selector: ([name]) => name, maxLength: 5 }),
    fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
    (list, metadata) => {
      const bytes = writeSafetensors(list, Object.entries(metadata));
      const file = read(bytes);
      assert.equal(new Map(file.metadata), new Map(Object.entries(metadata)));
      assert.is(file.tensors.size, list.length);
      for (const [name, tensor] of list) assert.ok(sameTensor(file.tensors.get(name) as Tensor, tensor), name);
      for (const { data } of file.tensors.values()) if (data.length) assert.is(data.buffer, bytes.buffer, 'a view');
      assert.equal(writeSafetensors(file.tensors, file.metadata), bytes);
    },
  );
  fc.assert(property, { numRuns: 500 });
});

test('writing refuses what no reader could take', async () => {
  await fails(() => writeSafetensors([['a', F32([2], [1])]]), 'tensor "a": 4 bytes, expected [2] of F32');
  await fails(() => writeSafetensors([['__metadata__', F32([1], [1])]]), 'tensor "__metadata__": the name is taken');
  const twice: [string, Tensor][] = [
    ['a', F32([1], [1])],
    ['a', F32([1], [1])],
  ];
  await fails(() => writeSafetensors(twice), 'tensor "a": the name is taken');
});

const tensor = (more: string) => `{"a":{"dtype":"F32","shape":[1]${more}}}`;
const four = new Uint8Array(4);
const gallery: Record<string, [Uint8Array, string | RegExp]> = {
  empty: [new Uint8Array(0), "file: ends at byte 0, within the header's length, expected 8 bytes"],
  'seven bytes': [new Uint8Array(7), "file: ends at byte 7, within the header's length, expected 8 bytes"],
  'a header of 2⁶⁰ bytes': [
    safetensorsOf('{}', four, 2 ** 60),
    'file: bytes 0–7 give the header 1152921504606847000 bytes, expected at most 100000000',
  ],
  'a header of 1 GB': [
    safetensorsOf('{}', four, 1e9),
    'file: bytes 0–7 give the header 1000000000 bytes, expected at most 100000000',
  ],
  'a header longer than the file': [
    safetensorsOf('{}', four, 1000),
    'file: ends at byte 14, within the header, expected 1008 bytes',
  ],
  'no header': [safetensorsOf(''), 'file: byte 8 is not {, where the header begins'],
  'a header of no bytes, then {': [safetensorsOf('', utf8('{}')), 'file: byte 8 is not {, where the header begins'],
  'a header that begins with a space': [safetensorsOf(' {}'), 'file: byte 8 is not {, where the header begins'],
  'a list': [safetensorsOf('[]'), 'file: byte 8 is not {, where the header begins'],
  'broken JSON': [safetensorsOf('{"a":'), /^file: the header is not JSON: .*end of JSON/],
  'no UTF-8': [concat([5, 0, 0, 0, 0, 0, 0, 0], utf8('{"'), [0xff], utf8('":')), /^file: the header is not JSON: .*not valid/],
  'a key twice': [
    safetensorsOf('{"__metadata__":{},"a":{},"__metadata__":{}}'),
    'file: the header has the key "__metadata__" twice',
  ],
  'a key twice, spelled differently': [
    safetensorsOf(
      '{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0061" :{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}',
    ),
    'file: the header has the key "a" twice',
  ],
  'a key twice within': [
    safetensorsOf(tensor(',"shape":[2],"data_offsets":[0,4]'), four),
    'file: the header has the key "shape" twice',
  ],
  'metadata twice': [
    safetensorsOf('{"__metadata__":{"__proto__":"1","__proto__":"2"}}'),
    'file: the header has the key "__proto__" twice',
  ],
  'metadata of numbers': [safetensorsOf('{"__metadata__":{"a":1}}'), 'file: "__metadata__": "a" is not a string'],
  'metadata of objects': [
    safetensorsOf('{"__metadata__":{"__proto__":{"x":1}}}'),
    'file: "__metadata__": "__proto__" is not a string',
  ],
  'metadata that is a list': [safetensorsOf('{"__metadata__":[]}'), 'file: "__metadata__": is not an object'],
  'metadata that is null': [safetensorsOf('{"__metadata__":null}'), 'file: "__metadata__": is not an object'],
  'a tensor that is a string': [safetensorsOf('{"a":"b"}'), 'file: "a": is not an object'],
  'an unknown type': [
    safetensorsOf('{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}', four),
    'file: "a": dtype is "F8_E4M3", expected one of U64,I64,F64,F32,U32,I32,BF16,F16,U16,I16,I8,U8,BOOL',
  ],
  'a type from the prototype': [
    safetensorsOf('{"a":{"dtype":"constructor","shape":[],"data_offsets":[0,4]}}', four),
    /dtype is "constructor"/,
  ],
  'no type': [safetensorsOf('{"a":{"shape":[],"data_offsets":[0,4]}}', four), /^file: "a": dtype is undefined, expected/],
  'a shape of halves': [
    safetensorsOf('{"a":{"dtype":"F32","shape":[0.5],"data_offsets":[0,2]}}', four),
    'file: "a": shape is not a list of sizes',
  ],
  'a negative shape': [
    safetensorsOf('{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}', four),
    'file: "a": shape is not a list of sizes',
  ],
  'no offsets': [safetensorsOf(tensor(''), four), 'file: "a": data_offsets is not [begin, end]'],
  'three offsets': [safetensorsOf(tensor(',"data_offsets":[0,4,4]'), four), 'file: "a": data_offsets is not [begin, end]'],
  'offsets backwards': [
    safetensorsOf(tensor(',"data_offsets":[4,0]'), four),
    'file: "a": data_offsets hold -4 bytes, expected 4, as dtype and shape say',
  ],
  'offsets of another size than the shape': [
    safetensorsOf(tensor(',"data_offsets":[0,3]'), four),
    'file: "a": data_offsets hold 3 bytes, expected 4, as dtype and shape say',
  ],
  'a shape of 2⁶⁰ entries': [
    safetensorsOf(`{"a":{"dtype":"F32","shape":[${2 ** 30},${2 ** 30}],"data_offsets":[0,4]}}`, four),
    /^file: "a": data_offsets hold 4 bytes, expected 4611686018427388000/,
  ],
  'a shape beyond every number': [
    safetensorsOf(`{"a":{"dtype":"F32","shape":[${Array(40).fill(2 ** 52)},0],"data_offsets":[0,0]}}`),
    /^file: "a": data_offsets hold 0 bytes, expected NaN/,
  ],
  'offsets past the end': [
    safetensorsOf('{"a":{"dtype":"U8","shape":[1000000],"data_offsets":[0,1000000]}}', four),
    /^file: ends at byte 77, expected 1000073, where the last tensor ends$/,
  ],
  'a hole before the first': [
    safetensorsOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', new Uint8Array(8)),
    'file: "a": data_offsets begin at 4, expected 0, where the tensor before ends',
  ],
  'a hole': [
    safetensorsOf(
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}',
      four,
    ),
    'file: "b": data_offsets begin at 2, expected 1, where the tensor before ends',
  ],
  'an overlap': [
    safetensorsOf(
      '{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}',
      four,
    ),
    'file: "b": data_offsets begin at 2, expected 3, where the tensor before ends',
  ],
  'bytes after the last tensor': [
    safetensorsOf(tensor(',"data_offsets":[0,4]'), new Uint8Array(5)),
    /^file: ends at byte \d+, expected \d+, where the last tensor ends$/,
  ],
};
for (const [what, [bytes, message]] of Object.entries(gallery)) {
  test(`refused: ${what}`, async () => fails(() => read(bytes), message));
}

test('a long header takes no more than its length: keys, nesting, escapes', async () => {
  const million = 1e6;
  await fails(() => read(safetensorsOf(`{"a":${'['.repeat(million)}${']'.repeat(million)}}`)), 'file: "a": is not an object');
  await fails(
    () => read(safetensorsOf(`{"a":{"dtype":${'{"b":'.repeat(million)}0${'}'.repeat(million)}}}`)),
    /^file: "a": dtype is object/,
  );
  await fails(() => read(safetensorsOf(`{"${'x'.repeat(million)}":1}`)), /^file: "x{99}": is not an object$/);
  const text = '\\"{'.repeat(million);
  assert.is(read(safetensorsOf(`{"__metadata__":{"a":"${text}"}}`)).metadata.get('a')?.length, 2 * million);
});

test.run();
