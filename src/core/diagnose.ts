import { codeKind, penaltyKind } from '../sparsity/kinds.js';
import { type Course, courseOfHistory } from '../training/course.js';
import { type History, steadyFrom, weightsOf } from '../training/history.js';
import type { SettledOptions } from './options.js';

/** What `evaluate` says of a model, as far as it is judged by it. */
export interface Judged {
  readonly l0: number;
  readonly deadUnits: number;
  readonly mse: number;
  readonly fvu: number;
  readonly outOfReach?: number;
  readonly meanActivation: ArrayLike<number> | { readonly data: ArrayLike<number> };
}

/** Share of rows a unit may be active on before a code of zeros is no code; of variance that must be explained at least. */
const DENSE = 0.5;
const USELESS = 0.9;
/** Share of dead units that is worth a word; that of the target that L0 may miss. */
const DEAD = 0.1;
const MISSED = 0.1;
/** Mean activations, of what saturates, near its bounds. */
const SATURATED = 0.95;
/** Standard deviations of an entry that nobody's data has who scaled it. */
const [SMALL, LARGE] = [0.01, 20];
/** How far the loss may come back up from its lowest. */
const RISEN = 1.2;

const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
const short = (x: number) => String(Number(x.toPrecision(3)));

/**
 * What has gone wrong in training, each in a plain sentence with what to try; nothing, if nothing has. Pure.
 * @param history of the last `fit`, if its course shall be judged too
 */
export function diagnose(evaluation: Judged, options: SettledOptions, history?: History): string[] {
  if (evaluation.l0 === 0) return [allDead(options)];
  const course = history && options.targetL0 === undefined ? courseOfHistory(history).kind : 'unknown';
  return [
    ...judgeCode(evaluation, options),
    ...judgeFit(evaluation, options, course),
    ...(history ? judgeCourse(history, options) : []),
  ];
}

function allDead({ hiddenDim, beta, penalty }: SettledOptions): string {
  const lower = penalty !== 'none' && beta > 0 ? `a smaller beta (it is ${short(beta)}) or ` : '';
  return `All ${hiddenDim} units are dead: the code is zero on every row, and every row is reconstructed alike. Try ${lower}a smaller learningRate.`;
}

function judgeCode({ l0, deadUnits, meanActivation }: Judged, options: SettledOptions): string[] {
  const { hiddenDim: h, beta, penalty, targetL0 } = options;
  const code = codeKind(options);
  const weighs = penalty !== 'none' && beta > 0;
  const steers = penaltyKind(options).steers === true;
  const said: string[] = [];
  if (deadUnits / h > DEAD)
    said.push(
      `${deadUnits} of ${h} units are dead, active on no row (${percent(deadUnits / h)}). Try resampling in fit, fewer hidden units${weighs ? ', or penaltyWarmup' : ''}.`,
    );
  // Where β finds itself, the last sentence says what there is to say.
  if (code.zeros && l0 > DENSE * h && targetL0 === undefined) {
    const remedy = steers
      ? 'a larger beta, or targetL0, which finds it'
      : weighs
        ? 'a larger beta'
        : 'a penalty, such as "l1" with targetL0';
    said.push(
      `The code is not sparse: ${short(l0)} of ${h} units are active a row${weighs ? `, since beta ${short(beta)} is too weak` : ''}. Try ${remedy}.`,
    );
  }
  if (!code.zeros) {
    const means = Array.from('data' in meanActivation ? meanActivation.data : meanActivation);
    const stuck = means.filter((mean) => Math.abs(mean) > SATURATED).length;
    if (stuck > h / 2 && options.hiddenActivation !== 'identity')
      said.push(
        `${stuck} of ${h} units are saturated: on average above ${SATURATED}. Try a smaller learningRate, or data of a smaller scale.`,
      );
  }
  if (targetL0 !== undefined && Math.abs(l0 / targetL0 - 1) > MISSED)
    said.push(
      `${short(l0)} units are active a row, where targetL0 is ${targetL0}. Try more epochs${l0 > targetL0 ? ', or a larger beta to start from' : ''}.`,
    );
  return said;
}

function judgeFit(
  { l0, mse, fvu, outOfReach = 0 }: Judged,
  { hiddenDim, beta, penalty, outputActivation, targetL0 }: SettledOptions,
  course: Course['kind'],
): string[] {
  const longer = course === 'unknown' || course === 'falling' ? ['more epochs'] : [];
  const said: string[] = [];
  const deviation = fvu > 0 ? Math.sqrt(mse / fvu) : 0;
  if (deviation > LARGE || (deviation > 0 && deviation < SMALL))
    said.push(
      `The data are not scaled: an entry's standard deviation is ${short(deviation)}. Try preparation: { standardize: true }, or { scale }.`,
    );
  if (fvu > 1) {
    const remedy = outOfReach
      ? `outputActivation "identity": "${outputActivation}" does not reach ${short(100 * outOfReach)}% of the values`
      : [...longer, 'another learningRate'].join(' or ');
    said.push(`The reconstruction is worse than the mean of the rows (FVU ${short(fvu)}). Try ${remedy}.`);
  } else if (fvu > USELESS && l0 < DENSE * hiddenDim) {
    const strong = penalty !== 'none' && beta > 0 && targetL0 === undefined;
    const faster = course === 'risen' || course === 'overfit' ? [] : ['a larger learningRate'];
    const tries = [...(strong ? [`a smaller beta than ${short(beta)}, which may be too strong`] : []), ...longer, ...faster];
    said.push(`Only ${percent(1 - fvu)} of the variance is explained.${tries.length ? ` Try ${tries.join(', or ')}.` : ''}`);
  }
  return said;
}

/** The second half of the epochs: in the first, a penalty may still be warming up; and no further back than J is the same. */
function judgeCourse(history: History, { targetL0 }: SettledOptions): string[] {
  // J of one epoch is not that of another while β is steered.
  if (targetL0 !== undefined) return [];
  const { loss, validationLoss } = history;
  const watched = validationLoss.length > 0 ? validationLoss : loss;
  const from = Math.max(Math.floor(watched.length / 2), steadyFrom(weightsOf(history)));
  let best = from;
  for (let e = from; e < watched.length; e++) if (watched[e] < watched[best]) best = e;
  const last = watched.length - 1;
  if (!(watched[best] > 0 && watched[last] > RISEN * watched[best])) return [];
  const risen = `went up again after epoch ${best + 1}, from ${short(watched[best])} to ${short(watched[last])}`;
  if (validationLoss.length === 0 || loss[last] > RISEN * loss[best])
    return [`The loss ${risen}: training is unstable. Try a smaller learningRate, a schedule that decays, or clipNorm.`];
  return [`The validation loss ${risen}, while the training loss did not: the model overfits. Try earlyStopping, or more rows.`];
}
