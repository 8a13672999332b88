import type { Matrix } from '../kernels/kernels.js';
import type { Derivatives } from '../sparsity/kind.js';

/** σ′ of a sigmoid 0.05 from an end, 0.05·0.95; of tanh 0.024 from one. The steepest are ¼ and 1. */
const FLAT = 0.0475;
/** The share of σ′(m) below which a unit is hardly ever near its mean m. */
const SWITCHING = 0.1;

/**
 * Counts the units of a code that are saturated: σ is flat where they are, so that hardly a gradient comes through. With each unit's
 * means over the rows, m = mean f and s = mean σ′(z), a unit is if
 *   s < 0.0475        it is at 0, at 1, or now at the one and now at the other
 * yet a sparse unit is near 0 by right, where a sigmoid is flat too. Where a penalty asks for that, a unit with m < ½ is
 * saturated only if, beside,
 *   s < 0.1·σ′(m)     it has no values between: a unit that is always m has s = σ′(m), one of zeros and ones s = 0
 */
export class Saturation {
  private readonly slopes: Float64Array;

  constructor(
    private readonly σ: Derivatives | undefined,
    units: number,
  ) {
    this.slopes = new Float64Array(units);
  }

  /** Adds rows of F. A σ without curvature is flat nowhere but where it is 0. */
  add(f: Matrix | undefined): void {
    const { σ, slopes } = this;
    if (!f || !σ?.curvature) return;
    for (let i = 0, j = 0; i < f.data.length; i++) {
      slopes[j] += σ.slope(f.data[i]);
      if (++j === f.cols) j = 0;
    }
  }

  /** How many they are, after so many rows; `quiet`, whether a penalty asks for units near 0. */
  units(means: Float64Array, rows: number, quiet: boolean): number {
    const { σ, slopes } = this;
    if (!σ?.curvature) return 0;
    const isSaturated = (mean: number, j: number) => {
      const slope = slopes[j] / rows;
      return slope < FLAT && !(quiet && mean < 0.5 && slope >= SWITCHING * σ.slope(mean));
    };
    return means.filter(isSaturated).length;
  }
}
