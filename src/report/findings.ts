import type { Diagnosis } from '../core/diagnose.js';
import { type Course, courseIn } from './course.js';
import type { Finding } from './finding.js';
import type { ReportData } from './report-data.js';
import type { Statistics } from './statistics.js';
import { capital, count, percent, short, tenths } from './text.js';

/** A unit whose activation differs from its mean by less than this share of it says the same of every sample. */
const CONSTANT = 0.05;
/** Shares of units active for a sample: from the first on a code is hardly sparse, from the second on dense. */
const [HARDLY, DENSE] = [0.5, 0.98];
/** Of the active units asked for, by which they may be missed. */
const MISSED = 0.1;
/** Share of dead units from which more units are nothing to ask for. */
const DEAD = 0.1;
/** Share of units that do as they should from which there is nothing to say of the others. */
const MOST = 0.8;

/** What is seen, which of the things that `diagnose` speaks of it is about, and what might be tried. */
interface Seen extends Finding {
  readonly about: Diagnosis['about'] | 'penalty' | 'silence';
  readonly advice?: string;
}

/** What there is to try, decided on before anything is said, so that no two sentences ask for opposites. */
interface Advice {
  /** Where the penalty's weight should go; null where it cannot, or need not. */
  readonly weight: 'less' | 'more' | null;
  readonly course: Course['kind'];
}

/**
 * What one sees in a run, and what is wrong with it: for readers who do not know yet what the numbers should be. What went wrong
 * is told first, as `diagnose` tells it, and not once more; advice comes from there alone, where it has any to give.
 */
export function findings(data: ReportData, s: Statistics): Finding[] {
  const wrong = data.wrong.map(({ text }): Finding => ({ tone: 'bad', text }));
  if (s.dead.length === data.model.hiddenDim) return wrong.length > 0 ? wrong : [allDead(data)];
  const course = courseIn(data);
  const advice = { weight: weightAdvised(data, s), course: course.kind };
  const ofCourse = course.found.map((each): Seen => ({ about: 'course', ...each }));
  const seen: Seen[] = [...reconstruction(data, s, advice), ...sparsity(data, s, advice), ...units(data, s), ...ofCourse];
  const told = new Set<Seen['about']>(data.wrong.map(({ about }) => about));
  const others = seen.filter(({ about }) => !told.has(about));
  return [
    ...wrong,
    ...others.map(({ tone, text, advice = '' }) => ({ tone, text: `${text}${wrong.length > 0 ? '' : advice}.` })),
  ];
}

const allDead = ({ model }: ReportData): Finding => ({
  tone: 'bad',
  text: `All ${count(model.hiddenDim, 'unit')} are dead: no sample makes any of them active, so the output is the same for every input.`,
});

function weightAdvised(data: ReportData, s: Statistics): Advice['weight'] {
  const { beta, target, rho, explainedVariance, model } = data;
  if (beta === null || target !== null) return null;
  const less = beta > 0 && meanL0(s) < HARDLY * model.hiddenDim ? 'less' : null;
  // A penalty with a ρ draws quiet units to it: more of its weight would make these louder.
  if (rho !== null && obeying(s, rho) < MOST * model.hiddenDim) return meanOf(s.mean) > rho ? 'more' : less;
  return (explainedVariance ?? 1) < 0.6 ? less : null;
}

function reconstruction(data: ReportData, s: Statistics, { weight, course }: Advice): Seen[] {
  const { explainedVariance: share, target, model } = data;
  if (share === null || !Number.isFinite(share)) return [];
  const about = 'fit';
  const differs = 'of what differs between samples';
  if (share < 0)
    return [
      { about, tone: 'bad', text: `The reconstructions explain nothing ${differs}: they are worse than the mean of all samples` },
    ];
  const much = `The reconstructions explain ${tenths(100 * share)}% ${differs}`;
  if (share >= 0.9) return [{ about, tone: 'good', text: `${much}: close copies` }];
  if (share >= 0.6) return [{ about, tone: 'good', text: `${much}: the broad lines are there, finer detail is not` }];
  const remedy = either([
    ...(weight === 'less' ? ['less weight on the penalty'] : []),
    ...(target !== null && !missed(s, target) ? ['more active units a sample'] : []),
    ...(course === 'overfit' ? ['more samples to learn from'] : []),
    ...(course === 'overfit' || s.dead.length > DEAD * model.hiddenDim ? [] : ['more units']),
    ...(course === 'risen' || course === 'overfit' || course === 'level'
      ? []
      : [data.history.steps ? 'more steps' : 'more epochs']),
  ]);
  const advice = remedy && `. ${capital(remedy)} would bring more`;
  if (share >= 0.2) return [{ about, tone: 'fair', text: `${much}: a coarse likeness`, advice }];
  return [{ about, tone: 'bad', text: `${much}: hardly better than the mean of all samples`, advice }];
}

const meanOf = (values: Float64Array) => values.reduce((sum, each) => sum + each, 0) / values.length;
const meanL0 = (s: Statistics) => meanOf(s.l0);
const missed = (s: Statistics, target: number) => Math.abs(meanL0(s) / target - 1) > MISSED;

/** How many units have a mean activation within a factor of two of ρ. */
const obeying = (s: Statistics, rho: number) => s.mean.reduce((n, m) => n + Number(m >= 0.5 * rho && m <= 2 * rho), 0);

/** "a, b or c" */
const either = (all: readonly string[]) => [...all.slice(0, -2), all.slice(-2).join(' or ')].join(', ');

function sparsity({ model, rho, target }: ReportData, s: Statistics, { weight }: Advice): Seen[] {
  const h = model.hiddenDim;
  const l0 = meanL0(s);
  const found: Seen[] = [];
  const meanOfMeans = meanOf(s.mean);
  const active = `A sample makes ${tenths(l0)} of ${count(h, 'unit')} active on average`;
  if (target !== null) {
    const share = missed(s, target) ? '' : ` (${percent(l0 / h)})`;
    found.push({
      about: 'target',
      tone: share ? 'good' : 'bad',
      text: `${active}${share}, where ${short(target)} were asked for`,
    });
  } else if (l0 > DENSE * h) {
    const yet = rho === null ? '' : `. It can still be quiet: the mean activation is ${short(meanOfMeans)}`;
    found.push({ about: 'sparsity', tone: 'fair', text: `No unit is ever exactly silent, so the code is dense${yet}` });
  } else {
    const [tone, word] =
      l0 < 0.25 * h ? (['good', 'sparse'] as const) : (['fair', l0 < HARDLY * h ? 'fairly sparse' : 'hardly sparse'] as const);
    found.push({ about: 'sparsity', tone, text: `${active} (${percent(l0 / h)}): the code is ${word}` });
  }
  if (rho !== null) {
    const obeyed = obeying(s, rho);
    const asked = `${obeyed.toLocaleString('en-US')} of ${count(h, 'unit')} keep a mean activation within a factor of two of ρ = ${short(rho)}`;
    const [others, way] = meanOfMeans > rho ? (['louder', 'more'] as const) : (['quieter', 'less'] as const);
    const advice = weight === way ? `: the penalty could weigh ${way}` : '';
    found.push(
      obeyed >= MOST * h
        ? { about: 'penalty', tone: 'good', text: `${asked}, as the penalty asks` }
        : { about: 'penalty', tone: 'fair', text: `Only ${asked}; the others are mostly ${others}`, advice },
    );
  }
  return found;
}

function units({ model }: ReportData, s: Statistics): Seen[] {
  const h = model.hiddenDim;
  const dead = s.dead.length;
  const elsewhere = s.silent.length - dead;
  const of = model.dead ? 'row' : 'sample';
  const found: Seen[] = [];
  const about = 'dead units';
  if (dead === 0) found.push({ about, tone: 'good', text: `No unit is dead: each is active on some ${of}` });
  else {
    const much = `${dead.toLocaleString('en-US')} of ${count(h, 'unit')} (${percent(dead / h)}) ${dead === 1 ? 'is' : 'are'} dead: active on no ${of}`;
    found.push({ about, tone: dead / h > 0.5 ? 'bad' : 'fair', text: much });
  }
  if (elsewhere > 0) {
    const others = count(elsewhere, dead > 0 ? 'more unit' : 'unit');
    found.push({
      about: 'silence',
      tone: 'fair',
      text: `${others} ${elsewhere === 1 ? 'is' : 'are'} active on none of these samples`,
    });
  }
  const constant = s.mean.reduce(
    (n, mean, j) => n + Number(s.density[j] > 0.99 && s.deviation[j] < CONSTANT * Math.abs(mean)),
    0,
  );
  if (constant > 0) {
    const be = constant === 1 ? 'unit is stuck' : 'units are stuck';
    found.push({
      about: 'saturation',
      tone: constant > 0.1 * h ? 'bad' : 'fair',
      text: `${constant.toLocaleString('en-US')} ${be} (saturated): as loud on every sample, so that it tells none from another`,
      advice: '. Smaller weights to start with, or a smaller learning rate, may help',
    });
  }
  return found;
}
