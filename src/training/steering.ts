import { refuse } from '../numbers/checks.js';
import { exp, log } from '../numbers/elementary.js';
import type { Memory } from '../sparsity/memory.js';

/**
 * β steered until L0 is what it shall be. With e = ln(L0/target), L0 that of the last ten batches or so, each step does
 *
 *   v = min(e/200, 0.003)                    how fast ln L0 shall fall a step (rise, with the signs turned, where e < 0)
 *   ln β ← ln β + 3·(v − (e_before − e_now))   clipped to ±0.02
 *
 * a proportional-integral controller of ln β in its velocity form (Åström & Hägglund 1995, PID Controllers, §3.5). It
 * keeps no integral beside β itself: as soon as L0 falls as fast as it shall, β stands still, whatever e is, and the
 * last stretch is an exponential approach without overshoot.
 *
 * That alone winds up where L0 can move but so fast, however strong the penalty (JumpReLU's ln θ moves by Adam's rate
 * a step, no faster): β would grow as long as L0 is late. So the response is measured. With s the speed of the last
 * hundred steps or so, s* the best there was on this side of the target and β* what it took, a penalty that has
 * grown fourfold since without anything to show for it is strong enough, and
 *
 *   v = min(v, s)   where β > 4·β* and s > 0.7·s*
 *
 * Where L0 does not answer at all, s* stays 0 and β goes on, for a penalty that is too weak yet looks the same: L1, on data a
 * hundred times as large, is felt from 10⁴ times its default on. But it goes no farther than to a million times β*, or what
 * it was when L0 came to be on this side, and waits there: no penalty moves thresholds that no z comes near. If they answer
 * after all, L0 falls too far at first, and thresholds may leave it there. On the other side, a code may be too sparse for
 * reasons of its own, and no weaker penalty brings it back: β is held at a millionth in the same way, so that it is there
 * when L0 comes up again.
 *
 * The rule and its numbers are ours, found on GloVe vectors and on the plants of test/training/steering.test.ts.
 */
export class Steering {
  private readonly beta: Float64Array;
  private readonly target: number;
  private readonly state: Float64Array;

  /** Goes on from where `memory` says it stood. */
  constructor(memory: Memory, target: number) {
    this.beta = memory.values.beta;
    this.target = target;
    this.state = memory.keep('steering', STEERING_START);
  }

  /**
   * After a step on a batch that had so many active units a row.
   * @throws RangeError where someone has set β to 0, from which no factor leads away
   */
  afterStep(l0: number): void {
    const { beta, state } = this;
    if (beta[0] === 0) refuse('fit: settings: beta', 0, 'a number above 0 for targetL0 to start from');
    const measured = log(Math.max(l0, LEAST) / this.target);
    if (state[BEGUN] === 0) {
      state[BEGUN] = 1;
      state[ERROR] = measured;
      state[BEST_LOG_BETA] = log(beta[0]);
      return;
    }
    const before = state[ERROR];
    const e = before + SMOOTHING * (measured - before);
    const side = Math.sign(e);
    const u = log(beta[0]);
    state[ERROR] = e;
    state[FALL] += SPEED_SMOOTHING * (before - e - state[FALL]);
    const speed = side * state[FALL];
    if (Math.sign(before) !== side) {
      state[BEST_SPEED] = 0;
      state[BEST_LOG_BETA] = u;
    }
    if (speed > 1.2 * state[BEST_SPEED] && speed > Math.abs(e) / SLOWEST) {
      state[BEST_SPEED] = speed;
      state[BEST_LOG_BETA] = u;
    }
    const wanted = Math.min(Math.abs(e) / APPROACH, FASTEST);
    const best = state[BEST_SPEED];
    const gone = side * (u - state[BEST_LOG_BETA]);
    const inVain = best > 0 && gone > MARGIN && speed > 0.7 * best;
    const change = GAIN * (side * (inVain ? Math.min(wanted, speed) : wanted) - (before - e));
    if (side * change > 0 && gone > FARTHEST) return;
    beta[0] *= exp(Math.min(MOST, Math.max(-MOST, change)));
  }
}

/** Places of what is kept between steps. */
const [BEGUN, ERROR, FALL, BEST_SPEED, BEST_LOG_BETA] = [0, 1, 2, 3, 4];
export const STEERING_START: readonly number[] = [0, 0, 0, 0, 0];

const GAIN = 3;
/** Steps in which e shall fall to 1/e of itself, near the target. */
const APPROACH = 200;
/** How fast ln L0 shall go at the most, and how far ln β, a step. */
const FASTEST = 0.003;
const MOST = 0.02;
const SMOOTHING = 0.1;
const SPEED_SMOOTHING = 0.01;
/** A speed that would take so many steps to arrive is taken for noise. */
const SLOWEST = 5000;
/** ln 10⁶ */
const FARTHEST = 13.815510557964274;
/** ln 4 */
const MARGIN = 1.3862943611198906;
/** L0 is taken to be no less than this: its logarithm must be finite. */
const LEAST = 1e-3;
