import { positive, requireValue, count as wholeNumber } from '../numbers/checks.js';

/**
 * A function of θ, and the gradient that it claims. It must not keep or change `theta`. A value that is
 * a sum may be given by its terms: they are differenced one by one, and a large term that does not
 * change then costs the others no digits.
 */
export type Differentiable = (theta: Float64Array) => { value: number | readonly number[]; gradient?: ArrayLike<number> };

export interface GradientCheckOptions {
  /** The longest step tried along an entry; entries above 1 in size move in proportion. Default 4·10⁻³. */
  step?: number;
  /** Check this many entries, evenly spread, instead of all. */
  samples?: number;
}

export interface GradientCheck {
  /** ‖analytic − numeric‖ / ‖analytic + numeric‖, 0 where both vanish: UFLDL's measure. */
  relativeError: number;
  /** The entry where the two differ most: its index in θ, and both derivatives. */
  worst: { at: number; analytic: number; numeric: number };
  /** How many entries were checked. */
  checked: number;
}

const DEFAULT_STEP = 4e-3;
/** From 4·10⁻³ down to 10⁻⁶: a kink of a ReLU or of |f| close by falls outside the shorter ones. */
const STEPS_TRIED = 5;
const STEP_RATIO = 8;

/**
 * Checks the gradient that `fn` claims at `theta` by central differences, which never change `theta`.
 * @throws RangeError if `fn` claims no gradient, or one of another length.
 */
export function checkGradient(fn: Differentiable, theta: ArrayLike<number>, options: GradientCheckOptions = {}): GradientCheck {
  if (typeof fn !== 'function') throw new TypeError(`checkGradient: got ${fn}, expected a function of θ`);
  const { gradient } = fn(Float64Array.from(theta));
  if (gradient?.length !== theta.length) {
    throw new RangeError(`checkGradient: got a gradient of ${gradient?.length ?? 0} entries, expected ${theta.length}`);
  }
  return compareGradient(fn, theta, gradient, 0, theta.length, options);
}

/** The same for entries from … to−1 of θ, against a gradient already in hand. */
export function compareGradient(
  fn: Differentiable,
  theta: ArrayLike<number>,
  gradient: ArrayLike<number>,
  from: number,
  to: number,
  { step = DEFAULT_STEP, samples = to - from }: GradientCheckOptions,
): GradientCheck {
  requireValue('checkGradient: step', step, positive);
  requireValue('checkGradient: samples', samples, wholeNumber);
  const probe = Float64Array.from(theta);
  const count = Math.min(samples, to - from);
  let difference = 0;
  let total = 0;
  let worst = { at: from, analytic: gradient[from], numeric: gradient[from] };
  for (let s = 0; s < count; s++) {
    const at = from + Math.floor((s * (to - from)) / count);
    const analytic = gradient[at];
    const numeric = derivative(fn, probe, at, step * Math.max(1, Math.abs(theta[at])));
    difference += (analytic - numeric) ** 2;
    total += (analytic + numeric) ** 2;
    if (s === 0 || isWorse(analytic - numeric, worst.analytic - worst.numeric)) worst = { at, analytic, numeric };
  }
  return { relativeError: difference === 0 ? 0 : Math.sqrt(difference / total), worst, checked: count };
}

/** NaN is worse than any number, and the first NaN the worst of all. */
function isWorse(gap: number, worst: number): boolean {
  return !Number.isNaN(worst) && !(Math.abs(gap) <= Math.abs(worst));
}

/**
 * ∂J/∂θ_k by the five-point central difference,
 *   (8·[J(θ+s) − J(θ−s)] − [J(θ+2s) − J(θ−2s)]) / 12s,   error ~ s⁴ and, from rounding, ~ 1/s.
 * Steps shrink from `longest`; the answer is the estimate that the next one agrees with best,
 * which is neither blurred by curvature or a kink nor lost in rounding.
 */
function derivative(fn: Differentiable, theta: Float64Array, k: number, longest: number): number {
  const x = theta[k];
  const at = (y: number) => {
    theta[k] = y;
    const { value } = fn(theta);
    return typeof value === 'number' ? [value] : value;
  };
  let best = Number.NaN;
  let disagreement = Infinity;
  let previous = Number.NaN;
  for (let tried = 0, s = longest; tried < STEPS_TRIED; tried++, s /= STEP_RATIO) {
    const [up, down, up2, down2] = [at(x + s), at(x - s), at(x + 2 * s), at(x - 2 * s)];
    const difference = up.reduce((sum, _, i) => sum + 8 * (up[i] - down[i]) - (up2[i] - down2[i]), 0);
    const estimate = difference / (12 * s);
    const change = Math.abs(estimate - previous);
    if (change < disagreement) {
      best = previous;
      disagreement = change;
    }
    previous = estimate;
  }
  theta[k] = x;
  return best;
}
