/** Frames that the programs lz4 1.9.4 and zstd 1.5.4 wrote. */
import { decompress } from 'fzstd';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unpackBlock, unpackFrame } from '../../src/formats/lz4.js';
import { fails } from '../helpers.js';
import { utf8 } from './bytes.js';

const bytesOf = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));

/** 40 bytes of noise, a run, a repetition, an end. */
const mixed = bytesOf(
  'IpHYzcMQQR5+wnN4pmHJNRh8B+TVY26bw8QAsnJEuM06l/Ea5lEHBWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFiY2FiY2FiY2FiY2FiY2FiY2FiY2FiY2VuZCBvZiBpdA==',
);
const frames = {
  'blocks that refer to those before':
    'BCJNGGRApz8AAAD/GiKR2M3DEEEefsJzeKZhyTUYfAfk1WNum8PEALJyRLjNOpfxGuZRBwVhAQD/Gi9iYwMAApBlbmQgb2YgaXQAAAAA0NRjvQ==',
  'with the size, and checksums of blocks':
    'BCJNGHxAdQEAAAAAAAAIPwAAAP8aIpHYzcMQQR5+wnN4pmHJNRh8B+TVY26bw8QAsnJEuM06l/Ea5lEHBWEBAP8aL2JjAwACkGVuZCBvZiBpdBw7wD8AAAAA0NRjvQ==',
};
for (const [what, base64] of Object.entries(frames)) {
  test(`a frame, ${what}`, () => {
    assert.is(Buffer.compare(unpackFrame(bytesOf(base64), mixed.length), mixed), 0);
    const room = new Uint8Array(200);
    room.set(bytesOf(base64), 3);
    assert.is(Buffer.compare(unpackFrame(room.subarray(3, 3 + bytesOf(base64).length), mixed.length), mixed), 0);
  });
}

test('what zstd packed, by fzstd', () => {
  assert.is(
    Buffer.compare(
      decompress(
        bytesOf('KLUv/WR1APUBAEQDIpHYzcMQQR5+wnN4pmHJNRh8B+TVY26bw8QAsnJEuM06l/Ea5lEHBWFiY2VuZCBvZiBpdAIAug8nRQVliXaQ4g=='),
        new Uint8Array(mixed.length),
      ),
      mixed,
    ),
    0,
  );
});

test('a block by hand: literals, a match that overlaps itself, long lengths', () => {
  const room = new Uint8Array(64);
  // "ab", then 7 bytes from 2 back; then "c" to end with.
  const end = unpackBlock(Uint8Array.of(0x23, 97, 98, 2, 0, 0x10, 99), room);
  assert.is(new TextDecoder().decode(room.subarray(0, end)), 'ababababac');
  // 15 + 3 literals, a match of 4 + 15 + 1 from 1 back.
  const long = unpackBlock(Uint8Array.of(0xff, 3, ...utf8('0123456789abcdefgh'), 1, 0, 1), room);
  assert.is(new TextDecoder().decode(room.subarray(0, long)), `0123456789abcdefg${'h'.repeat(21)}`);
});

test('broken blocks and frames are refused, whatever they claim', async () => {
  const room = () => new Uint8Array(8);
  for (const block of [
    [0xf0],
    [0xf0, 255, 255],
    [0x50, 1, 2],
    [0x10, 97, 2, 0],
    [0x10, 97, 0, 0],
    [0x1f, 97, 1, 0, 200],
    [0x90, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  ])
    await fails(() => unpackBlock(Uint8Array.from(block), room()), /^broken LZ4 data: /);
  const [frame] = Object.values(frames).map(bytesOf);
  for (let end = 0; end < frame.length - 4; end++)
    await fails(() => unpackFrame(frame.subarray(0, end), mixed.length), /^broken LZ4 data: /);
  await fails(() => unpackFrame(frame, mixed.length - 1), /^broken LZ4 data: /);
  await fails(() => unpackFrame(frame, mixed.length + 1), `broken LZ4 data: ${mixed.length} bytes, expected ${mixed.length + 1}`);
  for (let at = 0; at < frame.length; at++) {
    const hurt = frame.slice();
    hurt[at] ^= 0x55;
    try {
      assert.is(unpackFrame(hurt, mixed.length).length, mixed.length);
    } catch (error) {
      assert.match((error as Error).message, /^broken LZ4 data: /);
    }
  }
});

test.run();
