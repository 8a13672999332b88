/** What sparse rows have in common. */

/** How many entries n rows have. */
export function entriesOf(start: usize, end: usize, n: u32): u32 {
  let entries: u32 = 0;
  for (let i: u32 = 0; i < n; i++) entries += load<u32>(end + (i << 2)) - load<u32>(start + (i << 2));
  return entries;
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
