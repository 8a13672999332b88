import type { FloatArray, Matrix, SparseRows } from '../kernels.js';

/**
 * The one dense product: c_ij = bias_j + Σ_t a_it·b_tj, with A and B read through strides, so that
 * A·B, Aᵀ·B and A·Bᵀ are the same loops.
 *   a_it = a[i·aRow + t·aInner],   b_tj = b[t·bInner + j·bCol]
 * Register-blocked 4 × 4: sixteen sums stay in registers while t runs, so that eight loads feed
 * sixteen multiply-adds. Each sum runs over t in ascending order, in double precision, and is rounded
 * to the type of C once.
 */
export function product(
  c: Matrix,
  inner: number,
  a: FloatArray,
  aRow: number,
  aInner: number,
  b: FloatArray,
  bInner: number,
  bCol: number,
  bias?: FloatArray,
): void {
  const { rows, cols, data } = c;
  const fullRows = rows - (rows % 4);
  const fullCols = cols - (cols % 4);
  for (let j = 0; j < fullCols; j += 4) {
    const b0 = bias ? bias[j] : 0;
    const b1 = bias ? bias[j + 1] : 0;
    const b2 = bias ? bias[j + 2] : 0;
    const b3 = bias ? bias[j + 3] : 0;
    for (let i = 0; i < fullRows; i += 4) {
      let s00 = b0, s01 = b1, s02 = b2, s03 = b3;
      let s10 = b0, s11 = b1, s12 = b2, s13 = b3;
      let s20 = b0, s21 = b1, s22 = b2, s23 = b3;
      let s30 = b0, s31 = b1, s32 = b2, s33 = b3;
      let p = i * aRow;
      let q = j * bCol;
      for (let t = 0; t < inner; t++, p += aInner, q += bInner) {
        const y0 = b[q], y1 = b[q + bCol], y2 = b[q + 2 * bCol], y3 = b[q + 3 * bCol];
        let x = a[p];
        s00 += x * y0; s01 += x * y1; s02 += x * y2; s03 += x * y3;
        x = a[p + aRow];
        s10 += x * y0; s11 += x * y1; s12 += x * y2; s13 += x * y3;
        x = a[p + 2 * aRow];
        s20 += x * y0; s21 += x * y1; s22 += x * y2; s23 += x * y3;
        x = a[p + 3 * aRow];
        s30 += x * y0; s31 += x * y1; s32 += x * y2; s33 += x * y3;
      }
      let o = i * cols + j;
      data[o] = s00; data[o + 1] = s01; data[o + 2] = s02; data[o + 3] = s03;
      o += cols;
      data[o] = s10; data[o + 1] = s11; data[o + 2] = s12; data[o + 3] = s13;
      o += cols;
      data[o] = s20; data[o + 1] = s21; data[o + 2] = s22; data[o + 3] = s23;
      o += cols;
      data[o] = s30; data[o + 1] = s31; data[o + 2] = s32; data[o + 3] = s33;
    }
  }
  for (let i = 0; i < rows; i++) {
    for (let j = i < fullRows ? fullCols : 0; j < cols; j++) {
      let s = bias ? bias[j] : 0;
      for (let t = 0; t < inner; t++) s += a[i * aRow + t * aInner] * b[t * bInner + j * bCol];
      data[i * cols + j] = s;
    }
  }
}

/**
 * C = A·B (+ bias), A sparse: the dense sum without its zero terms, in the same order, hence with the
 * same bits. Eight columns of C stay in registers while a row's non-zeros go by; columns are the outer
 * loop, so that the eight columns of B in use stay in the cache over all rows.
 */
export function spmm(c: Matrix, a: SparseRows, b: Matrix, bias?: FloatArray): void {
  const { rows, cols, data } = c;
  const { start, end, index, value } = a;
  const w = b.data;
  const full = cols - (cols % 8);
  for (let j = 0; j < full; j += 8) {
    for (let i = 0; i < rows; i++) {
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
      if (bias) {
        s0 = bias[j]; s1 = bias[j + 1]; s2 = bias[j + 2]; s3 = bias[j + 3];
        s4 = bias[j + 4]; s5 = bias[j + 5]; s6 = bias[j + 6]; s7 = bias[j + 7];
      }
      for (let k = start[i], stop = end[i]; k < stop; k++) {
        const x = value[k];
        const o = index[k] * cols + j;
        s0 += x * w[o]; s1 += x * w[o + 1]; s2 += x * w[o + 2]; s3 += x * w[o + 3];
        s4 += x * w[o + 4]; s5 += x * w[o + 5]; s6 += x * w[o + 6]; s7 += x * w[o + 7];
      }
      const o = i * cols + j;
      data[o] = s0; data[o + 1] = s1; data[o + 2] = s2; data[o + 3] = s3;
      data[o + 4] = s4; data[o + 5] = s5; data[o + 6] = s6; data[o + 7] = s7;
    }
  }
  for (let j = full; j < cols; j++) {
    for (let i = 0; i < rows; i++) {
      let s = bias ? bias[j] : 0;
      for (let k = start[i], stop = end[i]; k < stop; k++) s += value[k] * w[index[k] * cols + j];
      data[i * cols + j] = s;
    }
  }
}

/** C = (S·B)ᵀ: every element the sum that spmm makes of it. */
export function spmmTurned(c: Matrix, { rows, start, end, index, value }: SparseRows, b: Matrix): void {
  for (let j = 0; j < rows; j++) {
    for (let p = 0; p < b.cols; p++) {
      let s = 0;
      for (let e = start[j]; e < end[j]; e++) s += value[e] * b.data[index[e] * b.cols + p];
      c.data[p * rows + j] = s;
    }
  }
}

/**
 * c_ij = Σ_p a_ip·b_jp at the entries of `at`, 0 elsewhere. Four entries of a row at a time share each
 * load of a_ip.
 */
export function sddmm(c: Matrix, at: SparseRows, a: Matrix, b: Matrix): void {
  const inner = a.cols;
  const { start, end, index } = at;
  const out = c.data;
  const x = a.data;
  const w = b.data;
  out.fill(0);
  for (let i = 0; i < c.rows; i++) {
    const o = i * c.cols;
    const p = i * inner;
    let k = start[i];
    for (; k + 4 <= end[i]; k += 4) {
      const w0 = index[k] * inner, w1 = index[k + 1] * inner, w2 = index[k + 2] * inner, w3 = index[k + 3] * inner;
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
      for (let t = 0; t < inner; t++) {
        const y = x[p + t];
        s0 += y * w[w0 + t]; s1 += y * w[w1 + t]; s2 += y * w[w2 + t]; s3 += y * w[w3 + t];
      }
      out[o + index[k]] = s0;
      out[o + index[k + 1]] = s1;
      out[o + index[k + 2]] = s2;
      out[o + index[k + 3]] = s3;
    }
    for (; k < end[i]; k++) {
      const w0 = index[k] * inner;
      let s = 0;
      for (let t = 0; t < inner; t++) s += x[p + t] * w[w0 + t];
      out[o + index[k]] = s;
    }
  }
}

/** value_p = Σ_t a_it·b_jt for every entry p = (i, j) of `at`. */
export function sddmmValues(value: FloatArray, { rows, start, end, index }: SparseRows, a: Matrix, b: Matrix): void {
  const inner = a.cols;
  for (let i = 0; i < rows; i++) {
    for (let p = start[i]; p < end[i]; p++) {
      let sum = 0;
      for (let t = 0; t < inner; t++) sum += a.data[i * inner + t] * b.data[index[p] * inner + t];
      value[p] = sum;
    }
  }
}
