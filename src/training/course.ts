import { type History, steadyFrom, weightsOf } from './history.js';

/** How the losses of a fit went, as far as they are of one J. */
export interface Course {
  readonly kind: 'unknown' | 'risen' | 'overfit' | 'falling' | 'level';
  /** Of the loss that rose, or of the loss: the least that there was, and the last. */
  readonly least: number;
  readonly last: number;
}

/** Epochs from which there is something to say. */
const FEW = 5;
/** How far a loss may come back up; and the loss itself, where the validation loss does too, before that is no overfitting. */
const [RISEN, UNSTABLE] = [1.05, 1.2];
/** What it must fall by in the last tenth of the epochs to be falling. */
const FALLING = 0.02;

/** From the losses of each epoch and the weight that the penalty had in them; lists may be empty. */
export function courseOf(all: ArrayLike<number>, allValidation: ArrayLike<number>, weight: ArrayLike<number>): Course {
  const from = steadyFrom(weight);
  const loss = Array.from(all).slice(from);
  const validation = Array.from(allValidation).slice(from);
  const n = loss.length;
  const last = loss[n - 1];
  if (n < FEW) return { kind: 'unknown', least: last, last };
  const best = leastOf(validation);
  const overfit = validation[n - 1] > RISEN * validation[best];
  const least = loss[overfit ? best : leastOf(loss)];
  if (last > (overfit ? UNSTABLE : RISEN) * least) return { kind: 'risen', least, last };
  if (overfit) return { kind: 'overfit', least: validation[best], last: validation[n - 1] };
  const before = loss[Math.max(0, n - 1 - Math.ceil(n / 10))];
  return { kind: last < (1 - FALLING) * before ? 'falling' : 'level', least, last };
}

/** The same of a history. */
export const courseOfHistory = (history: History): Course => courseOf(history.loss, history.validationLoss, weightsOf(history));

/** Where the least of them is; gaps are passed over. */
function leastOf(values: readonly number[]): number {
  let at = 0;
  for (let k = 1; k < values.length; k++) if (values[k] < values[at] || Number.isNaN(values[at])) at = k;
  return at;
}
