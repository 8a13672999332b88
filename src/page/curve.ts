import type { BatchReport } from '../training/history.js';
import type { Curve } from './messages.js';

/** Points that are kept at most; then every two become one. */
const MOST_POINTS = 800;

/** The steps of a run as a curve of few points: each is the mean over `stride` steps, and stands at the last of them. */
export class CurveKeeper {
  private points: number[][] = [];
  private stride = 1;
  private open = [0, 0, 0, 0, 0];
  private held = 0;

  add(step: number, { loss, reconstruction, sparsity, beta, l0 }: BatchReport): void {
    [loss, reconstruction, beta * sparsity, l0, beta].forEach((value, k) => {
      this.open[k] += value;
    });
    if (++this.held < this.stride) return;
    this.points.push([step, ...this.open.map((sum) => sum / this.stride)]);
    this.open = [0, 0, 0, 0, 0];
    this.held = 0;
    if (this.points.length < MOST_POINTS) return;
    this.points = this.points
      .filter((_, k) => k % 2 === 1)
      .map(([at, ...after], k) => [at, ...after.map((value, c) => (value + this.points[2 * k][c + 1]) / 2)]);
    this.stride *= 2;
  }

  /** Up to a step. */
  until(last: number): Curve {
    const points = this.points.filter(([step]) => step <= last);
    const column = (k: number) => Float64Array.from(points, (point) => point[k]);
    const [step, loss, reconstruction, penalty, l0, beta] = [0, 1, 2, 3, 4, 5].map(column);
    return { step, loss, reconstruction, penalty, l0, beta };
  }
}
