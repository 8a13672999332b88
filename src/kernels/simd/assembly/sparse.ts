/** What sparse rows have in common. */

/** How many entries n rows have. */
export function entriesOf(start: usize, end: usize, n: u32): u32 {
  let entries: u32 = 0;
  for (let i: u32 = 0; i < n; i++) entries += load<u32>(end + (i << 2)) - load<u32>(start + (i << 2));
  return entries;
}

/** Where `touchRows` and `stream` leave what they read, lest a compiler skip the reading. */
let touched: u32 = 0;

/**
 * Reads one word of every line that the entries of rows i0 … i1−1 lie in. A minibatch is scattered over a
 * data set far larger than the caches, and rows that another core has written are a thousand cycles away;
 * these reads wait for memory all at once, those of a product would in turn.
 */
export function touchRows(start: usize, end: usize, index: usize, value: usize, i0: u32, i1: u32): void {
  let sum: u32 = 0;
  for (let i = i0; i < i1; i++) {
    const last = load<u32>(end + (i << 2)) << 2;
    for (let p: usize = load<u32>(start + (i << 2)) << 2; p < last; p += 64) sum += load<u32>(index + p) + load<u32>(value + p);
  }
  touched = sum;
}

/** Reads one word of every line from `from` on, in the order that processors read ahead in. */
export function stream(from: usize, bytes: usize): void {
  let sum: u32 = 0;
  for (const end = from + bytes; from < end; from += 64) sum += load<u32>(from);
  touched = sum;
}

/** Writes one word of every line as it is. */
export function own(from: usize, bytes: usize): void {
  for (const end = from + bytes; from < end; from += 64) store<u32>(from, load<u32>(from));
}

/** The same of so many rows, `stride` bytes apart. */
export function ownBlock(from: usize, stride: usize, rows: u32, bytes: usize): void {
  for (; rows > 0; rows--, from += stride) own(from, bytes);
}

/** The first p in from … to−1 with index[p] ≥ j, or `to`: a row's indices ascend. */
export function firstAtLeast(index: usize, from: u32, to: u32, j: u32): u32 {
  while (from < to) {
    const middle = (from + to) >> 1;
    if (load<u32>(index + (middle << 2)) < j) from = middle + 1;
    else to = middle;
  }
  return from;
}
