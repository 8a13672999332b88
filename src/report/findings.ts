import { type Course, courseIn } from './course.js';
import type { Finding } from './finding.js';
import type { ReportData } from './report-data.js';
import type { Statistics } from './statistics.js';
import { capital, count, percent, short, tenths } from './text.js';

/** A unit whose activation differs from its mean by less than this share of it says the same of every sample. */
const CONSTANT = 0.05;
/** Shares of units active for a sample: from the first on a code is hardly sparse, from the second on dense. */
const [HARDLY, DENSE] = [0.5, 0.98];
/** Of the variance that must be explained for a code to be of use; of the active units asked for by which they may be missed. */
const USELESS = 0.1;
/** A code that says nothing explains nothing, but for what the output makes of it; below this, something else is wrong. */
const WORSE = -0.1;
const MISSED = 0.1;
/** Share of dead units that there is something to do about. */
const DEAD = 0.1;
/** Share of units that do as they should from which there is nothing to say of the others. */
const MOST = 0.8;

/** What there is to try, decided on before anything is said, so that no two sentences ask for opposites. */
interface Advice {
  /** Where the penalty's weight should go; null where it cannot, or need not. */
  readonly weight: 'less' | 'more' | null;
  readonly course: Course['kind'];
}

/** What one sees in a run, and what is wrong with it: for readers who do not know yet what the numbers should be. */
export function findings(data: ReportData, s: Statistics): Finding[] {
  const course = courseIn(data);
  if (s.dead.length === data.model.hiddenDim) return [allDead(data), ...course.found];
  const advice = { weight: weightAdvised(data, s), course: course.kind };
  return [...reconstruction(data, s, advice), ...sparsity(data, s, advice), ...units(data, s, advice), ...course.found];
}

function allDead({ penaltyLabel, beta, model }: ReportData): Finding {
  const cause = beta
    ? `too much weight on the ${penaltyLabel} penalty, or too large a learning rate`
    : 'a learning rate that is too large';
  return {
    tone: 'bad',
    text: `All ${count(model.hiddenDim, 'unit')} are dead: no sample makes any of them active, so the output is the same for every input. The usual cause is ${cause}.`,
  };
}

function weightAdvised(data: ReportData, s: Statistics): Advice['weight'] {
  const { beta, target, rho, explainedVariance, model } = data;
  if (beta === null || target !== null) return null;
  const share = explainedVariance ?? 1;
  const active = meanL0(s) / model.hiddenDim;
  const less = beta > 0 && active < HARDLY ? 'less' : null;
  if (share < USELESS && active < HARDLY)
    return share >= WORSE || (meanL0(s) < 1 && s.dead.length > DEAD * model.hiddenDim) ? less : null;
  // A penalty with a ρ draws quiet units to it: more of its weight would make these louder.
  if (active >= HARDLY && active <= DENSE && !(rho !== null && meanOf(s.mean) < rho)) return 'more';
  if (rho !== null && obeying(s, rho) < MOST * model.hiddenDim) return meanOf(s.mean) > rho ? 'more' : less;
  return share < 0.6 || s.dead.length > DEAD * model.hiddenDim ? less : null;
}

function reconstruction(data: ReportData, s: Statistics, { weight, course }: Advice): Finding[] {
  const { explainedVariance: share, target, model } = data;
  if (share === null || !Number.isFinite(share)) return [];
  const much = `The reconstructions explain ${tenths(100 * share)}% of what differs between samples`;
  if (share >= 0.9) return [{ tone: 'good', text: `${much}: close copies.` }];
  if (share >= 0.6) return [{ tone: 'good', text: `${much}: the shapes are there, finer detail is not.` }];
  const remedy = either([
    ...(weight === 'less' ? ['less weight on the penalty'] : []),
    ...(target !== null && !missed(s, target) ? ['more active units a sample'] : []),
    ...(course === 'overfit' ? ['more samples to learn from'] : []),
    ...(course === 'overfit' || s.dead.length > DEAD * model.hiddenDim ? [] : ['more units']),
    ...(course === 'risen' || course === 'overfit' || course === 'level' ? [] : ['more epochs']),
  ]);
  if (share >= 0.2)
    return [{ tone: 'fair', text: `${much}: a coarse likeness.${remedy && ` ${capital(remedy)} would bring more.`}` }];
  const than = share > 0 ? 'hardly better than' : share >= WORSE ? 'no better than' : 'worse than';
  return [{ tone: 'bad', text: `${much}: ${than} showing the mean of all samples.${remedy && ` Try ${remedy}.`}` }];
}

const meanOf = (values: Float64Array) => values.reduce((sum, each) => sum + each, 0) / values.length;
const meanL0 = (s: Statistics) => meanOf(s.l0);
const missed = (s: Statistics, target: number) => Math.abs(meanL0(s) / target - 1) > MISSED;

/** How many units have a mean activation within a factor of two of ρ. */
const obeying = (s: Statistics, rho: number) => s.mean.reduce((n, m) => n + Number(m >= 0.5 * rho && m <= 2 * rho), 0);

/** "a, b or c" */
const either = (all: readonly string[]) => [...all.slice(0, -2), all.slice(-2).join(' or ')].join(', ');

function sparsity({ model, penaltyLabel, beta, rho, target }: ReportData, s: Statistics, { weight }: Advice): Finding[] {
  const h = model.hiddenDim;
  const l0 = meanL0(s);
  const found: Finding[] = [];
  const meanOfMeans = meanOf(s.mean);
  const active = `A sample makes ${short(l0)} of ${count(h, 'unit')} active on average`;
  if (target !== null && missed(s, target)) {
    const start = l0 > target && beta !== null ? ', or more weight on the penalty to start from,' : '';
    found.push({
      tone: 'bad',
      text: `${active}, where ${short(target)} were asked for. More epochs${start} would bring it nearer.`,
    });
  } else if (target !== null) {
    found.push({ tone: 'good', text: `${active} (${percent(l0 / h)}), where ${short(target)} were asked for.` });
  } else if (l0 > DENSE * h) {
    const yet = rho === null ? '' : ` It can still be quiet: the mean activation is ${short(meanOfMeans)}.`;
    found.push({ tone: 'fair', text: `No unit is ever exactly silent, so the code is dense.${yet}` });
  } else if (l0 < HARDLY * h) {
    const [tone, word] = l0 < 0.25 * h ? (['good', 'sparse'] as const) : (['fair', 'fairly sparse'] as const);
    found.push({ tone, text: `${active} (${percent(l0 / h)}): the code is ${word}.` });
  } else {
    const more = weight === 'more' ? ' More weight on the penalty would make it fewer.' : '';
    const remedy = penaltyLabel === null ? ' There is no penalty to ask for fewer.' : more;
    found.push({ tone: 'fair', text: `${active} (${percent(l0 / h)}): the code is hardly sparse.${remedy}` });
  }
  if (rho !== null) {
    const obeyed = obeying(s, rho);
    const asked = `${obeyed.toLocaleString('en-US')} of ${count(h, 'unit')} keep a mean activation within a factor of two of ρ = ${short(rho)}`;
    const [others, way] = meanOfMeans > rho ? (['louder', 'more'] as const) : (['quieter', 'less'] as const);
    const remedy = weight === way ? `: the penalty could weigh ${way}` : '';
    found.push(
      obeyed >= MOST * h
        ? { tone: 'good', text: `${asked}, as the penalty asks.` }
        : { tone: 'fair', text: `Only ${asked}; the others are mostly ${others}${remedy}.` },
    );
  }
  return found;
}

function units(data: ReportData, s: Statistics, { weight, course }: Advice): Finding[] {
  const { model, explainedVariance } = data;
  const h = model.hiddenDim;
  const dead = s.dead.length;
  const elsewhere = s.silent.length - dead;
  const of = model.dead ? 'row' : 'sample';
  const also = (more: string) => (elsewhere > 0 ? `${more} on none of these samples` : '');
  const others = elsewhere.toLocaleString('en-US');
  // Where next to nothing is learned yet, a smaller rate is not what to try.
  const slower = course === 'risen' || (explainedVariance ?? 1) >= USELESS;
  const found: Finding[] = [];
  if (dead === 0) found.push({ tone: 'good', text: `No unit is dead: each is active on some ${of}${also(`, ${others}`)}.` });
  else {
    const remedies = [
      ...(slower ? ['a smaller learning rate'] : []),
      ...(weight === 'less' ? ['less weight on the penalty'] : []),
    ];
    const remedy = remedies.length ? ` ${capital(either(remedies))} keeps more alive.` : '';
    const much = `${dead.toLocaleString('en-US')} of ${count(h, 'unit')} (${percent(dead / h)}) ${dead === 1 ? 'is' : 'are'} dead: active on no ${of}${also(`, ${others} more`)}.`;
    found.push(
      dead / h > DEAD ? { tone: dead / h > 0.5 ? 'bad' : 'fair', text: `${much}${remedy}` } : { tone: 'fair', text: much },
    );
  }
  const constant = s.mean.reduce(
    (n, mean, j) => n + Number(s.density[j] > 0.99 && s.deviation[j] < CONSTANT * Math.abs(mean)),
    0,
  );
  if (constant > 0) {
    const tone = constant > 0.1 * h ? 'bad' : 'fair';
    const be = constant === 1 ? 'unit is stuck' : 'units are stuck';
    const remedy = slower
      ? 'Smaller weights to start with, or a smaller learning rate, may help.'
      : 'Smaller weights to start with may help.';
    found.push({
      tone,
      text: `${constant.toLocaleString('en-US')} ${be} (saturated): as loud on every sample, so that it tells none from another. ${remedy}`,
    });
  }
  return found;
}
