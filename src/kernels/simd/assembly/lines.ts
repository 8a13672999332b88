/**
 * Cache lines that are far away: in memory, or with another core. A loop that meets them one by one waits for each; one
 * that does nothing but ask for them has many on their way at a time.
 */

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

/** Arrays of no more than so many bytes may lie in another core's cache: measured, larger ones are mostly in memory by then. */
export const NEAR: usize = 1 << 20;

/**
 * Writes one word of every line as it is. A line that another core has read since this one wrote it must be taken from
 * there first, and stores are done in order: in a loop that writes several arrays, each line in several parts, all wait
 * for every one of them. Nobody else may write to these words meanwhile.
 */
export function own(from: usize, bytes: usize): void {
  for (const end = from + bytes; from < end; from += 64) store<u32>(from, load<u32>(from));
}

/** The same for so many rows, `stride` bytes apart. */
export function ownRows(from: usize, stride: usize, rows: u32, bytes: usize): void {
  for (; rows > 0; rows--, from += stride) own(from, bytes);
}
