import { isPreparation } from '../numbers/preparation.js';
import { codeKind, penaltyKind } from '../sparsity/kinds.js';
import { type Course, courseOfHistory } from '../training/course.js';
import { type History, steadyFrom, weightsOf } from '../training/history.js';
import type { SettledOptions } from './options.js';

/** What `evaluate` says of a model, as far as it is judged by it. */
export interface Judged {
  readonly l0: number;
  readonly deadUnits: number;
  readonly saturatedUnits: number;
  readonly mse: number;
  readonly fvu: number;
  readonly outOfReach?: number;
}

/** What an option of a model, of its preparation or of `fit` is called, with the value that it has or is to be given. */
export type Called = (option: string, value?: string | number | true) => string;

const asOption: Called = (option, value) => {
  const set = value === undefined ? '' : JSON.stringify(value);
  if (isPreparation(option)) return `preparation: { ${option}${set && `: ${set}`} }`;
  return `${option}${set && ` ${set}`}`;
};

/** Share of rows a unit may be active on before a code of zeros is no code; of variance that must be explained at least. */
const DENSE = 0.5;
const USELESS = 0.9;
/** FVU of a code that says nothing is 1, but for what the output makes of it; beyond this, something else is wrong. */
const [NOTHING, WORSE] = [0.995, 1.1];
/** Share of dead units that is worth a word; that of the target that L0 may miss. */
const DEAD = 0.1;
const MISSED = 0.1;
/** Share of saturated units, and of the variance that is left, for them to be worth one: a code of zeros and ones may be a good one. */
const SATURATED = 0.5;
const LEFT = 0.1;
/** Standard deviations of an entry that nobody's data has who scaled it. */
const [SMALL, LARGE] = [0.01, 20];
/** How far the loss may come back up from its lowest. */
const RISEN = 1.2;

const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
const rounded = (x: number, digits = 3) => Number(x.toPrecision(digits));
const short = (x: number, digits = 3) => String(rounded(x, digits));
const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
const either = (...remedies: readonly string[]) =>
  remedies.map((remedy, i) => (i > 0 && i === remedies.length - 1 ? `or ${remedy}` : remedy)).join(', ');

/**
 * What has gone wrong in training, each in a plain sentence with what to try; nothing, if nothing has. Pure.
 * @param history of the last `fit`, if its course shall be judged too
 * @param called what options are called where they are not given as such
 */
export function diagnose(evaluation: Judged, options: SettledOptions, history?: History, called: Called = asOption): string[] {
  if (evaluation.l0 === 0) return [allDead(options, called)];
  const course = history && options.targetL0 === undefined ? courseOfHistory(history).kind : 'unknown';
  const said = [...judgeCode(evaluation, options, called), ...judgeFit(evaluation, options, course, called)];
  return history ? [...said, ...judgeCourse(history, options, called)] : said;
}

function allDead({ hiddenDim, beta, penalty }: SettledOptions, called: Called): string {
  const lower = weighs({ penalty, beta }) ? `a smaller ${called('beta')} (it is ${short(beta)}) or ` : '';
  return `All ${hiddenDim} units are dead: the code is zero on every row, and every row is reconstructed alike. Try ${lower}a smaller ${called('learningRate')}.`;
}

const weighs = ({ penalty, beta }: Pick<SettledOptions, 'penalty' | 'beta'>): boolean => penalty !== 'none' && beta > 0;

/**
 * Whether the penalty may be what has silenced a code that says nothing: X̂ is hardly more than b_dec then, and with that the mean of
 * the rows, or units have died. Not where β finds itself, or where the code is loud.
 */
function mayBeTooStrong({ l0, deadUnits, fvu }: Judged, options: SettledOptions): boolean {
  if (!weighs(options) || options.targetL0 !== undefined || !(fvu > USELESS)) return false;
  const { hiddenDim: h } = options;
  const { zeros } = codeKind(options);
  return (zeros && l0 < 1 && deadUnits > DEAD * h) || (fvu <= WORSE && !(zeros && l0 >= DENSE * h));
}

const isSaturated = ({ saturatedUnits, fvu }: Judged, { hiddenDim }: SettledOptions): boolean =>
  saturatedUnits > SATURATED * hiddenDim && fvu > LEFT;

function judgeCode(evaluation: Judged, options: SettledOptions, called: Called): string[] {
  const { l0, deadUnits, saturatedUnits } = evaluation;
  const { hiddenDim: h, beta, k, targetL0 } = options;
  const code = codeKind(options);
  const steers = penaltyKind(options).steers === true;
  const said: string[] = [];
  if (deadUnits / h > DEAD) {
    const remedies = mayBeTooStrong(evaluation, options)
      ? [`a smaller ${called('beta')}`, called('penaltyWarmup')]
      : [called('resampling'), 'fewer hidden units', ...(weighs(options) ? [called('penaltyWarmup')] : [])];
    said.push(`${deadUnits} of ${h} units are dead, active on no row (${percent(deadUnits / h)}). Try ${either(...remedies)}.`);
  }
  // Where β finds itself, the last sentence says what there is to say.
  if (code.zeros && l0 > DENSE * h && targetL0 === undefined) {
    const remedy = steers
      ? `a larger ${called('beta')}, or ${called('targetL0')}, which finds it`
      : weighs(options)
        ? `a larger ${called('beta')}`
        : `${called('penalty', 'l1')} with ${called('targetL0')}`;
    said.push(
      `The code is not sparse: ${short(l0)} of ${h} units are active a row${weighs(options) ? `, since ${called('beta', rounded(beta))} is too weak` : ''}. Try ${remedy}.`,
    );
  }
  if (isSaturated(evaluation, options))
    said.push(
      `${saturatedUnits} of ${h} units are saturated: ${options.hiddenActivation} is flat where they are, and hardly lets a gradient through. Try a smaller ${called('learningRate')}, or data of a smaller scale.`,
    );
  // Training itself keeps k; outside it, where rows come alone, a threshold that follows the batches stands for the others.
  if (k !== undefined && l0 > (1 + MISSED) * k)
    said.push(
      `${short(l0)} units are active a row, where ${called('k')} is ${k}: the threshold that takes the place of k outside training is too low yet, since it moves by 1% a step. Try more epochs, or smaller batches.`,
    );
  if (targetL0 !== undefined && Math.abs(l0 / targetL0 - 1) > MISSED) {
    const remedies = ['more epochs'];
    if (l0 > targetL0) remedies.push(`a larger ${called(code.thresholds ? 'threshold' : 'beta')} to start from`);
    if (code.thresholds) remedies.push(`a larger ${called('bandwidth')}: a threshold that no z comes near stays where it is`);
    const remedy = remedies.length > 1 ? either(...remedies) : remedies[0];
    said.push(`${short(l0)} units are active a row, where ${called('targetL0')} is ${targetL0}. Try ${remedy}.`);
  }
  return said;
}

function judgeFit(evaluation: Judged, options: SettledOptions, course: Course['kind'], called: Called): string[] {
  const { l0, mse, fvu, outOfReach = 0 } = evaluation;
  const said: string[] = [];
  const deviation = fvu > 0 ? Math.sqrt(mse / fvu) : 0;
  if (deviation > LARGE || (deviation > 0 && deviation < SMALL))
    said.push(
      `The data are not scaled: an entry's standard deviation is ${short(deviation)}. Try ${called('standardize', true)}, or ${called('scale')}.`,
    );
  // A code that is loud and says little is spoken of as one that is not sparse.
  const loud = codeKind(options).zeros && l0 >= DENSE * options.hiddenDim;
  if (!(fvu > (loud ? 1 : USELESS))) return said;
  const explains =
    fvu < NOTHING
      ? `Only ${percent(1 - fvu)} of the variance is explained.`
      : `The reconstruction is ${fvu > WORSE ? 'worse' : 'no better'} than the mean of the rows (FVU ${short(fvu, 4)}).`;
  const strong = mayBeTooStrong(evaluation, options);
  const tries = toExplainMore(evaluation, options, course, called);
  const reach =
    fvu > 1 && outOfReach > 0
      ? ` Try ${called('outputActivation', 'identity')}: "${options.outputActivation}" does not reach ${short(100 * outOfReach)}% of the values.`
      : '';
  said.push(explains + (strong || !reach ? tries : '') + reach);
  return said;
}

/** What to try where little is explained, or nothing: neither more epochs nor a larger rate where something else speaks against it. */
function toExplainMore(evaluation: Judged, options: SettledOptions, course: Course['kind'], called: Called): string {
  const { beta, learningRate } = options;
  const rate = called('learningRate');
  const little = evaluation.fvu < NOTHING;
  const strong = mayBeTooStrong(evaluation, options);
  const unsteady = course === 'risen' || course === 'overfit' || isSaturated(evaluation, options);
  const remedies = [
    ...(strong ? ['a smaller one'] : []),
    ...(course === 'unknown' || course === 'falling' ? ['more epochs'] : []),
    ...(little && !unsteady ? [`a larger ${rate}`] : []),
    ...(little || strong ? [] : [`another ${rate}`]),
  ];
  if (remedies.length === 0) return '';
  const blamed = `${capital(called('beta', rounded(beta)))} may be too strong`;
  const alsoBlamed = little ? '' : `, or ${called('learningRate', rounded(learningRate))} too large`;
  return ` ${strong ? `${blamed}${alsoBlamed}: try` : 'Try'} ${either(...remedies)}.`;
}

/** The second half of the epochs: in the first, a penalty may still be warming up; and no further back than J is the same. */
function judgeCourse(history: History, { targetL0 }: SettledOptions, called: Called): string[] {
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
    return [
      `The loss ${risen}: training is unstable. Try a smaller ${called('learningRate')}, one that falls (${called('schedule')}), or ${called('clipNorm')}.`,
    ];
  return [
    `The validation loss ${risen}, while the training loss did not: the model overfits. Try ${called('earlyStopping')}, or more rows.`,
  ];
}
