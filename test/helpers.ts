import type { NdArray } from 'ndarray';

/** The numbers of an ndarray or of nested lists, in row-major order. */
export function flatten(values: NdArray | ArrayLike<number> | readonly ArrayLike<number>[]): number[] {
  if ('shape' in values) {
    const [rows, cols] = values.shape.length === 2 ? values.shape : [1, values.shape[0]];
    const out: number[] = [];
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < cols; j++) out.push(Number(values.shape.length === 2 ? values.get(i, j) : values.get(j)));
    }
    return out;
  }
  return Array.from(values as ArrayLike<number | ArrayLike<number>>).flatMap((v) =>
    typeof v === 'number' ? [v] : Array.from(v),
  );
}

/** ‖a − b‖ / ‖b‖; ‖a‖ where b vanishes. */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let difference = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return size === 0 ? Math.sqrt(difference) : Math.sqrt(difference / size);
}
