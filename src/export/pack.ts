/** Numbers as text within a program. */
export interface Packed {
  /** The expression that makes a Float32Array of them: see moduleOf's `floats` and `steps`. */
  readonly source: string;
  /** What is lost: the largest |difference|, and ‖difference‖/‖numbers‖. */
  readonly error: { readonly largest: number; readonly relative: number };
}

/**
 * As float32; or as 8 bits, each row of `cols` numbers in 255 equal steps from −max|w| to max|w| of its own.
 */
export function pack(values: ArrayLike<number>, cols: number, bits: 8 | 32): Packed {
  const single = Float32Array.from(values);
  if (bits === 32) return { source: `floats('${base64(single)}')`, error: errorOf(values, single) };
  const rows = values.length / cols;
  const scales = new Float32Array(rows);
  const steps = new Int8Array(values.length);
  const restored = new Float32Array(values.length);
  for (let i = 0; i < rows; i++) {
    let largest = 0;
    for (let k = i * cols; k < (i + 1) * cols; k++) largest = Math.max(largest, Math.abs(values[k]));
    scales[i] = largest / 127;
    for (let k = i * cols; k < (i + 1) * cols; k++) {
      steps[k] = scales[i] === 0 ? 0 : Math.max(-127, Math.min(127, Math.round(values[k] / scales[i])));
      restored[k] = steps[k] * scales[i];
    }
  }
  return { source: `steps('${base64(steps)}', '${base64(scales)}', ${cols})`, error: errorOf(values, restored) };
}

function errorOf(values: ArrayLike<number>, restored: ArrayLike<number>): Packed['error'] {
  let largest = 0;
  let squares = 0;
  let size = 0;
  for (let k = 0; k < values.length; k++) {
    const difference = Math.abs(values[k] - restored[k]);
    largest = Math.max(largest, difference);
    squares += difference ** 2;
    size += values[k] ** 2;
  }
  return { largest, relative: size === 0 ? 0 : Math.sqrt(squares / size) };
}

/** In pieces: a call takes only so many arguments. */
function base64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  let text = '';
  for (let from = 0; from < bytes.length; from += 4096) text += String.fromCharCode(...bytes.subarray(from, from + 4096));
  return btoa(text);
}
