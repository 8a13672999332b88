import type { ReportData } from './report-data.js';
import type { Statistics } from './statistics.js';
import { count, percent, short, tenths } from './text.js';

/** One thing to be seen in a run, in plain words. */
export interface Finding {
  readonly tone: 'good' | 'fair' | 'bad';
  readonly text: string;
}

/** A unit whose activation differs from its mean by less than this share of it says the same of every sample. */
const CONSTANT = 0.05;

/** What one sees in a run, and what is wrong with it: for readers who do not know yet what the numbers should be. */
export function findings(data: ReportData, s: Statistics): Finding[] {
  if (s.dead.length === data.model.hiddenDim) return [allDead(data), ...training(data)];
  return [...reconstruction(data, s), ...sparsity(data, s), ...units(data, s), ...training(data)];
}

function allDead({ penaltyLabel, model }: ReportData): Finding {
  const cause =
    penaltyLabel === null
      ? 'a learning rate that is too large'
      : `too much weight on the ${penaltyLabel} penalty, or too large a learning rate`;
  return {
    tone: 'bad',
    text: `All ${count(model.hiddenDim, 'unit')} are dead: no sample makes any of them active, so the output is the same for every input. The usual cause is ${cause}.`,
  };
}

function reconstruction({ explainedVariance: share, penaltyLabel, model }: ReportData, s: Statistics): Finding[] {
  if (share === null || !Number.isFinite(share)) return [];
  const much = `The reconstructions explain ${tenths(100 * share)}% of what differs between samples`;
  if (share >= 0.9) return [{ tone: 'good', text: `${much}: close copies.` }];
  if (share >= 0.6) return [{ tone: 'good', text: `${much}: the shapes are there, finer detail is not.` }];
  // Where the code is hardly sparse the penalty is not what keeps it from copying: see sparsity.
  const heavy = penaltyLabel !== null && meanL0(s) < 0.5 * model.hiddenDim;
  const remedy = heavy ? 'less weight on the penalty, more units or more epochs' : 'more units or more epochs';
  if (share >= 0.2) return [{ tone: 'fair', text: `${much}: a coarse likeness. ${capital(remedy)} would bring more.` }];
  return [{ tone: 'bad', text: `${much}: hardly better than showing the mean of all samples. Try ${remedy}.` }];
}

const meanL0 = (s: Statistics) => s.l0.reduce((sum, each) => sum + each, 0) / s.samples;

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);

function sparsity({ model, penaltyLabel, rho }: ReportData, s: Statistics): Finding[] {
  const h = model.hiddenDim;
  const l0 = meanL0(s);
  const found: Finding[] = [];
  const meanOfMeans = s.mean.reduce((sum, each) => sum + each, 0) / h;
  const active = `A sample makes ${short(l0)} of ${count(h, 'unit')} active on average`;
  if (l0 > 0.98 * h) {
    const yet = rho === null ? '' : ` It can still be quiet: the mean activation is ${short(meanOfMeans)}.`;
    found.push({ tone: 'fair', text: `No unit is ever exactly silent, so the code is dense.${yet}` });
  } else if (l0 < 0.5 * h) {
    const [tone, word] = l0 < 0.25 * h ? (['good', 'sparse'] as const) : (['fair', 'fairly sparse'] as const);
    found.push({ tone, text: `${active} (${percent(l0 / h)}): the code is ${word}.` });
  } else {
    const remedy =
      penaltyLabel === null ? 'There is no penalty to ask for fewer.' : 'More weight on the penalty would make it fewer.';
    found.push({ tone: 'fair', text: `${active} (${percent(l0 / h)}): the code is hardly sparse. ${remedy}` });
  }
  if (rho !== null) {
    const inReach = (m: number) => m >= 0.5 * rho && m <= 2 * rho;
    const obeyed = s.mean.reduce((n, m) => n + Number(inReach(m)), 0);
    const asked = `${obeyed.toLocaleString('en-US')} of ${count(h, 'unit')} keep a mean activation within a factor of two of ρ = ${short(rho)}`;
    const direction =
      meanOfMeans > rho
        ? 'the others are mostly louder: the penalty could weigh more'
        : 'the others are mostly quieter: the penalty could weigh less';
    found.push(
      obeyed >= 0.8 * h
        ? { tone: 'good', text: `${asked}, as the penalty asks.` }
        : { tone: 'fair', text: `Only ${asked}; ${direction}.` },
    );
  }
  return found;
}

function units({ model, penaltyLabel }: ReportData, s: Statistics): Finding[] {
  const h = model.hiddenDim;
  const dead = s.dead.length;
  const elsewhere = s.silent.length - dead;
  const of = model.dead ? 'row' : 'sample';
  const also = (more: string) => (elsewhere > 0 ? `${more} on none of these samples` : '');
  const others = elsewhere.toLocaleString('en-US');
  const found: Finding[] = [];
  if (dead === 0) found.push({ tone: 'good', text: `No unit is dead: each is active on some ${of}${also(`, ${others}`)}.` });
  else {
    const remedy = penaltyLabel === null ? 'A smaller learning rate' : 'A smaller learning rate or less weight on the penalty';
    const much = `${dead.toLocaleString('en-US')} of ${count(h, 'unit')} (${percent(dead / h)}) ${dead === 1 ? 'is' : 'are'} dead: active on no ${of}${also(`, ${others} more`)}.`;
    found.push(
      dead / h > 0.1
        ? { tone: dead / h > 0.5 ? 'bad' : 'fair', text: `${much} ${remedy} keeps more alive.` }
        : { tone: 'fair', text: much },
    );
  }
  const constant = s.mean.reduce(
    (n, mean, j) => n + Number(s.density[j] > 0.99 && s.deviation[j] < CONSTANT * Math.abs(mean)),
    0,
  );
  if (constant > 0) {
    const tone = constant > 0.1 * h ? 'bad' : 'fair';
    const be = constant === 1 ? 'unit is stuck' : 'units are stuck';
    found.push({
      tone,
      text: `${constant.toLocaleString('en-US')} ${be} (saturated): as loud on every sample, so that it tells none from another. Smaller weights to start with, or a smaller learning rate, may help.`,
    });
  }
  return found;
}

function training({ history: { loss, validationLoss, rateEnded } }: ReportData): Finding[] {
  const found: Finding[] = [];
  const n = loss.length;
  if (n < 5) return found;
  const least = Math.min(...Array.from(loss));
  const before = loss[Math.max(0, n - 1 - Math.ceil(n / 10))];
  const last = loss[n - 1];
  if (last > 1.05 * least)
    found.push({
      tone: 'bad',
      text: `The loss ends at ${short(last)}, above the ${short(least)} it had reached: a smaller learning rate would be steadier.`,
    });
  else if (last < 0.98 * before && rateEnded)
    found.push({ tone: 'good', text: 'The loss fell until training ended, where the learning rate had come to its end.' });
  else if (last < 0.98 * before)
    found.push({
      tone: 'fair',
      text: `The loss was still falling when training ended: more epochs would improve it${rateEnded === undefined ? ', unless the learning rate had come to its end' : ''}.`,
    });
  else found.push({ tone: 'good', text: 'The loss has levelled off: more epochs would change little.' });
  if (validationLoss.length === n) {
    const best = Math.min(...Array.from(validationLoss));
    if (validationLoss[n - 1] > 1.05 * best)
      found.push({
        tone: 'fair',
        text: `The validation loss rose from ${short(best)} to ${short(validationLoss[n - 1])}: it overfits; fewer epochs would do.`,
      });
  }
  return found;
}
