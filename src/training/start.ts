import { columnMeans, type Matrix } from '../numbers/matrix.js';

/** Where b_dec may start. */
export type DecoderBiasStart = 'mean' | 'median';

/** Σ_i ‖x_i − y‖ is least at the geometric median. The search ends when a move is this small, next to ‖x − y‖'s mean. */
const TOLERANCE = 1e-7;
const MOST_MOVES = 100;

/**
 * The point y with the least Σ_i ‖x_i − y‖, by Weiszfeld's moves from the mean,
 *   T = Σ x_i/‖x_i − y‖ / Σ 1/‖x_i − y‖,
 * and where y is itself a row, η times, Vardi & Zhang's (2000, PNAS 97, eq. 9): with r = ‖Σ (x_i − y)/‖x_i − y‖‖,
 * both sums over the other rows, y ← max(0, 1 − η/r)·T + min(1, η/r)·y.
 */
export async function geometricMedian(x: Matrix, pause: () => unknown = () => undefined): Promise<Float64Array> {
  const { data, rows, cols } = x;
  const y = columnMeans(x);
  for (let move = 0; move < MOST_MOVES; move++) {
    const pull = new Float64Array(cols);
    let weights = 0;
    let distances = 0;
    let here = 0;
    for (let i = 0; i < rows; i++) {
      let square = 0;
      for (let j = 0, at = i * cols; j < cols; j++, at++) square += (data[at] - y[j]) ** 2;
      if (square === 0) {
        here++;
        continue;
      }
      const distance = Math.sqrt(square);
      distances += distance;
      weights += 1 / distance;
      for (let j = 0, at = i * cols; j < cols; j++, at++) pull[j] += (data[at] - y[j]) / distance;
    }
    // Σ (x_i − y)/‖x_i − y‖ is R, and T − y = R/Σ 1/‖x_i − y‖.
    const r = Math.sqrt(pull.reduce((sum, p) => sum + p * p, 0));
    if (r <= here || weights === 0) break;
    const share = (1 - here / r) / weights;
    for (let j = 0; j < cols; j++) y[j] += share * pull[j];
    if (share * r <= (TOLERANCE * distances) / rows) break;
    await pause();
  }
  return y;
}
