/** Rows of numbers, all of one length, end to end. */
export interface Dense {
  readonly data: Float32Array;
  readonly shape: readonly [rows: number, cols: number];
}

/** Some rows, by number. */
export function pick({ data, shape: [, d] }: Dense, numbers: readonly number[]): Dense {
  const rows = new Float32Array(numbers.length * d);
  numbers.forEach((i, r) => {
    rows.set(data.subarray(i * d, (i + 1) * d), r * d);
  });
  return { data: rows, shape: [numbers.length, d] };
}
