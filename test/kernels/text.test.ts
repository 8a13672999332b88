import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromText, toText } from '../../src/kernels/simd/text.js';
import { wasm } from '../../src/kernels/simd/wasm.js';

const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);

test('every byte comes back, alone and between others', () => {
  for (const byte of every) assert.equal(fromText(toText(Uint8Array.of(byte))), Uint8Array.of(byte), `byte ${byte}`);
  const twice = Uint8Array.of(...every, ...[...every].reverse());
  assert.equal(fromText(toText(twice)), twice);
});

test('the text is ASCII that no quoted string has to escape', () => {
  assert.match(toText(every), /^[#-[\]-~]+$/);
  assert.match(wasm, /^[#-[\]-~]+$/);
});

test('the digits are what the comment says: the SIMD prefix is 0, pages are led by 89 and 90', () => {
  const expected: [number, string][] = [
    [0xfd, '#'],
    [0, '&'],
    [85, '|'],
    [86, '}#'],
    [174, '}|'],
    [175, '~#'],
    [252, '~q'],
    [255, '%'],
  ];
  for (const [byte, text] of expected) assert.is(toText(Uint8Array.of(byte)), text, `byte ${byte}`);
});

test('the text of the kernels is a WebAssembly module', () => {
  const bytes = fromText(wasm);
  assert.equal([...bytes.subarray(0, 8)], [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  assert.ok(WebAssembly.validate(bytes));
});

test.run();
