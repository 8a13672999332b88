/**
 * Rows of sparse A cut where blocks of B's rows begin.   n×m = n×k · k×m
 *
 * A slice of B that fits the second-level cache alone is read from there for every entry. If all rows of a tile pass over
 * a block of it before the next block, each line is fetched into the nearest cache once. What a row has in a block is
 * looked for once an operation: a thread keeps a table of the rows that it has.
 */

import { argument, scratch } from './layout';
import { cut, sequence, threads } from './threads';
import { firstAtLeast } from './sparse';

/** What a block has, at the most. */
const BLOCK_BYTES: u32 = 32 << 10;
/** Entries that a row should have in a block: it takes up and lays down its sums for them. */
const WORTH_A_BLOCK: u32 = 16;
/** Bytes of the table. */
const TABLE_BYTES: u32 = 192 << 10;

/** How many blocks B's k rows, `bytes` of each, are cut into for n rows that have so many entries. */
export function rowBlocks(k: u32, bytes: u32, n: u32, entries: u32): u32 {
  const blocks = (k * bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
  const rows = (n + threads() - 1) / threads();
  return entries >= WORTH_A_BLOCK * n * blocks && (rows * blocks) << 2 <= TABLE_BYTES ? blocks : 1;
}

/** Which rows, of which operation, the table is about, and where it would begin if these were rows 0, 1, …. */
let tableSequence: u32 = 0;
let tableGroup: u32 = 0;
let table: usize = 0;
let step: usize = 0;

/**
 * Where the entries of a block end, for each row of a thread's group: [block][row], all blocks but the last, into the
 * scratch from `offset` on.
 */
export function cutRows(group: u32, n: u32, k: u32, blocks: u32, offset: usize): void {
  if (tableSequence == sequence && tableGroup == group) return;
  tableSequence = sequence;
  tableGroup = group;
  const i0 = cut(n, group, threads());
  const i1 = cut(n, group + 1, threads());
  step = (i1 - i0) << 2;
  table = scratch() + offset - (i0 << 2);
  for (let i = i0; i < i1; i++) {
    const last = load<u32>(argument(2) + (i << 2));
    let p = load<u32>(argument(1) + (i << 2));
    for (let block: u32 = 0; block + 1 < blocks; block++) {
      p = firstAtLeast(argument(3), p, last, cut(k, block + 1, blocks));
      store<u32>(table + block * step + (i << 2), p);
    }
  }
}

/** Where the table says so of a block's row 0. */
// @ts-ignore: decorator
@inline
export function endsIn(block: u32): usize {
  return table + block * step;
}
