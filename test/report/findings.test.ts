import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Diagnosis, diagnoses } from '../../src/core/diagnose.js';
import { completeModelOptions } from '../../src/core/options.js';
import { findings } from '../../src/report/findings.js';
import type { ReportData } from '../../src/report/report-data.js';
import { type Statistics, statisticsOf } from '../../src/report/statistics.js';
import { historyOf } from '../../src/training/history.js';
import { noise, sample } from './sample.js';

const seen = (changes: Partial<ReportData>): string[] => {
  const data = sample(changes);
  return findings(data, statisticsOf(data)).map(({ tone, text }) => `${tone}: ${text}`);
};
/** The finding which says this, with its tone. */
const says = (all: string[], part: RegExp): string => {
  const found = all.filter((text) => part.test(text));
  assert.is(found.length, 1, `${part} in\n${all.join('\n')}`);
  return found[0].slice(0, found[0].indexOf(':'));
};
const { samples, history } = sample();
const codesOf = (code: (i: number, j: number) => number) => ({
  ...samples,
  codes: Float64Array.from({ length: 120 }, (_, k) => code(Math.floor(k / 6), k % 6)),
});
const curve = (loss: (e: number) => number, epochs = 20) => ({
  ...history,
  loss: Array.from({ length: epochs }, (_, e) => loss(e)),
  validationLoss: [],
});

test('a code that died is all there is to tell, and what to try comes from where the command line has it', () => {
  const all = seen({ samples: codesOf(() => 0) });
  assert.is(says(all, /All 6 units are dead: no sample/), 'bad');
  assert.is(all.length, 1);
  const wrong = [{ about: 'dead units', text: 'All 6 units are dead: the code is zero. Try a smaller --beta.' }] as const;
  assert.equal(
    seen({ samples: codesOf(() => 0), history: curve((e) => 1 / (1 + e)), wrong }),
    [`bad: ${wrong[0].text}`],
    'nor is there anything to be said for more epochs',
  );
});

test('how much is explained is judged', () => {
  assert.is(says(seen({ explainedVariance: 0.95 }), /explain 95\.0%.*close copies/), 'good');
  assert.is(says(seen({ explainedVariance: 0.723 }), /explain 72\.3%/), 'good');
  assert.is(
    says(seen({ explainedVariance: 0.4, rho: null }), /coarse likeness. Less weight on the penalty or more epochs would bring/),
    'fair',
  );
  assert.is(says(seen({ explainedVariance: 0.05 }), /explain 5\.0%.*hardly better than the mean/), 'bad');
  assert.is(
    says(seen({ explainedVariance: -0.1 }), /explain nothing of .*: they are worse than the mean of all samples\.$/),
    'bad',
  );
  assert.ok(seen({ explainedVariance: null }).every((text) => !/explain/.test(text)));
});

test('sparse, fairly sparse, hardly sparse and dense codes are told apart', () => {
  const active = (units: number) => codesOf((i, j) => Number((i + j) % 6 < units));
  assert.is(says(seen({ samples: active(1) }), /makes 1\.0 of 6 units active on average \(17%\): the code is sparse/), 'good');
  assert.is(says(seen({ samples: active(2) }), /the code is fairly sparse/), 'fair');
  assert.is(says(seen({ samples: active(4) }), /hardly sparse\.$/), 'fair');
  assert.is(says(seen({ samples: active(4), penaltyLabel: null, beta: null, rho: null }), /hardly sparse\.$/), 'fair');
  assert.is(says(seen({ samples: active(6) }), /the code is dense. It can still be quiet: the mean activation is 1\./), 'fair');
});

test('a penalty that is obeyed, too weak, or too strong', () => {
  const mean = (value: number) => codesOf((i, j) => ((i + j) % 3 ? 0 : 3 * value));
  assert.is(says(seen({ samples: mean(0.06) }), /^good: 6 of 6 units keep .* ρ = 0\.05, as the penalty asks/), 'good');
  assert.is(says(seen({ samples: mean(0.5) }), /Only 0 of 6 units .* louder: the penalty could weigh more/), 'fair');
  assert.is(says(seen({ samples: mean(0.01) }), /Only 0 of 6 units .* quieter: the penalty could weigh less/), 'fair');
  assert.ok(seen({ rho: null }).every((text) => !/ρ/.test(text)));
});

test('some dead units, and units that say the same of every sample', () => {
  const wiggle = noise(120, 3);
  const some = (dead: number, stuck: number) =>
    codesOf((i, j) => (j < dead ? 0 : j < dead + stuck ? 0.9 + 0.001 * wiggle[i] : Math.max(0, wiggle[i * 6 + j])));
  assert.is(says(seen({ samples: some(0, 0) }), /No unit is dead/), 'good');
  assert.is(says(seen({ samples: some(2, 0), rho: null }), /2 of 6 units \(33%\) are dead: active on no sample\.$/), 'fair');
  assert.is(says(seen({ samples: some(4, 0) }), /4 of 6 units \(67%\) are dead/), 'bad');
  const known = (dead: number[]) => seen({ samples: some(2, 0), model: { ...sample().model, dead } });
  assert.is(says(known([]), /No unit is dead: each is active on some row\.$/), 'good');
  assert.is(says(known([]), /2 units are active on none of these samples\.$/), 'fair');
  assert.is(says(known([1]), /1 of 6 units \(17%\) is dead: active on no row\.$/), 'fair');
  assert.is(says(known([0, 1]), /2 of 6 units \(33%\) are dead: active on no row\.$/), 'fair');
  assert.is(says(seen({ samples: some(0, 1) }), /1 unit is stuck \(saturated\)/), 'bad');
});

test('a loss that falls, levels off, or rises; a validation loss that turns', () => {
  assert.is(says(seen({ history: curve((e) => 1 / (1 + e)) }), /still falling/), 'fair');
  assert.is(
    says(seen({ history: { ...curve((e) => 1 / (1 + e)), rateEnded: true } }), /learning rate had come to its end/),
    'good',
  );
  assert.is(says(seen({ history: curve((e) => 1 + 0.5 ** e) }), /levelled off/), 'good');
  assert.is(says(seen({ history: curve((e) => (e < 10 ? 1 : 2)) }), /ends at 2, above the 1 it had reached/), 'bad');
  const validationLoss = Array.from({ length: 20 }, (_, e) => 1 + (e - 10) ** 2 / 100);
  assert.is(
    says(
      seen({ history: { ...curve((e) => 1 + 0.5 ** e), validationLoss } }),
      /validation loss rose from 1 to 1\.81: it overfits/,
    ),
    'fair',
  );
  assert.ok(
    seen({ history: curve(() => 1, 4) }).every((text) => !/loss/.test(text)),
    'too few epochs to say',
  );
});

test('L0 that was asked for: met or missed, and nothing is said of a weight that is steered, or of a loss that it moves', () => {
  const active = (units: number) => codesOf((i, j) => Number((i + j) % 6 < units));
  const steered = { target: 2, rho: null, explainedVariance: 0.4 };
  const met = seen({ ...steered, samples: active(2), history: curve((e) => (e < 10 ? 1 : 2)) });
  assert.is(says(met, /makes 2\.0 of 6 units active on average \(33%\), where 2 were asked for\.$/), 'good');
  assert.is(says(met, /a coarse likeness\. More active units a sample, more units or more epochs would bring more/), 'fair');
  const above = seen({ ...steered, samples: active(5) });
  assert.is(says(above, /5\.0 of 6 .* where 2 were asked for\.$/), 'bad');
  assert.is(says(seen({ ...steered, samples: active(1) }), /makes 1\.0 of 6 .* 2 were asked for\.$/), 'bad');
  for (const all of [met, above])
    assert.ok(
      all.every((text) => !/The loss|less weight|hardly/i.test(text)),
      all.join('\n'),
    );
});

test('a loss that rises with the weight of its penalty is not called unsteady; what comes after is judged', () => {
  const rising = (e: number) => Math.min(1, (e + 1) / 10);
  const weight = Array.from({ length: 20 }, (_, e) => rising(e));
  const warmed = (loss: (e: number) => number) => seen({ history: { ...curve(loss), weight } });
  assert.ok(warmed((e) => 1 + rising(e)).every((text) => !/above/.test(text)));
  assert.is(
    says(
      warmed((e) => 1 + rising(e)),
      /levelled off/,
    ),
    'good',
  );
  assert.is(
    says(
      warmed((e) => (e < 17 ? rising(e) : 2)),
      /The loss ends at 2, above the 1 it had reached/,
    ),
    'bad',
  );
  const moving = { ...curve((e) => 1 + e), weight: Array.from({ length: 20 }, (_, e) => 1.1 ** e) };
  assert.ok(seen({ history: moving }).every((text) => !/The loss/.test(text)));
});

test('what went wrong is told once, by diagnose; of all else it is said how it is, and not what to do', () => {
  const wrong = [{ about: 'fit', text: 'Only 5.0% of the variance is explained. Try a larger --lr.' }] as const;
  const all = seen({ explainedVariance: 0.05, wrong, history: curve((e) => 1 / (1 + e)) });
  assert.is(all[0], `bad: ${wrong[0].text}`);
  assert.ok(all.every((text) => !/The reconstructions explain|could weigh|more epochs/.test(text)));
  assert.is(says(all, /The loss was still falling when training ended\.$/), 'fair');
});

test('a curve of steps is judged by means of many: one of a few steps may be anything', () => {
  const wiggle = noise(400, 5);
  const steps = Array.from({ length: 400 }, (_, k) => k + 1);
  const level = { ...curve((k) => 1 + 0.06 * wiggle[k] + 0.5 ** k, 400), steps };
  assert.is(
    says(seen({ history: { ...level, weight: [] } }), /The loss has levelled off: more steps would change little/),
    'good',
  );
  const few = { ...curve((k) => 1 + 0.06 * wiggle[k], 30), steps: steps.slice(0, 30), weight: [] };
  assert.ok(seen({ history: few }).every((text) => !/The loss/.test(text)));
});

/** What is asked for twice, in opposite directions. */
const OPPOSITES: readonly (readonly [string, RegExp, RegExp])[] = [
  ['weight', /(less weight|weigh less|smaller beta|smaller one)/i, /(more weight|weigh more|larger beta)/i],
  ['rate', /smaller learning ?rate/i, /larger learning ?rate/i],
  ['epochs', /more epochs(?! would change)/i, /fewer epochs|more epochs would change little|earlyStopping/],
  ['units', /more units/i, /fewer hidden units/],
];

test('no two sentences of a page ask for opposites, nor does what diagnose says of the same run', () => {
  const shares = [-0.5, 0, 0.05, 0.3, 0.7];
  const codes = [0, 1, 2, 4, 6].flatMap((units) =>
    [0, 2].flatMap((dead) =>
      [0.01, 0.05, 0.9].map((loud) => codesOf((i, j) => (j < dead ? 0 : loud * Number((i + j) % 6 < units)))),
    ),
  );
  const courses = {
    none: curve(() => 1, 0),
    level: curve(() => 1),
    falling: curve((e) => 1 / (1 + e)),
    risen: curve((e) => (e < 10 ? 1 : 2)),
    overfit: { ...curve((e) => 1 + 0.5 ** e), validationLoss: Array.from({ length: 20 }, (_, e) => 1 + (e - 10) ** 2 / 100) },
  };
  const asked = [
    { penaltyLabel: 'KL', beta: 0.1, rho: 0.05, target: null },
    { penaltyLabel: 'L1', beta: 0.1, rho: null, target: null },
    { penaltyLabel: 'L1', beta: 0, rho: null, target: null },
    { penaltyLabel: 'L1', beta: 0.1, rho: null, target: 2 },
    { penaltyLabel: null, beta: null, rho: null, target: null },
  ];
  let judged = 0;
  for (const [name, history] of Object.entries(courses))
    for (const labels of asked)
      for (const explainedVariance of shares)
        for (const samples of codes) {
          const data = sample({ ...labels, explainedVariance, samples, history: { ...history, weight: [] } });
          const s = statisticsOf(data);
          const wrong = diagnosed(data, s);
          const all = findings({ ...data, wrong }, s).map(({ text }) => text);
          assert.is(new Set(all).size, all.length);
          const said = all.join('\n');
          for (const [what, one, other] of OPPOSITES)
            assert.not(one.test(said) && other.test(said), `${what}, ${name}, ${JSON.stringify(labels)}:\n${said}`);
          judged++;
        }
  assert.ok(judged > 2000);
});

/** What `diagnose` says of a run as a report's data have it. */
function diagnosed({ explainedVariance, history, penaltyLabel, beta, target }: ReportData, s: Statistics): Diagnosis[] {
  const options = completeModelOptions({
    inputDim: 12,
    hiddenDim: 6,
    outputActivation: 'identity',
    penalty: penaltyLabel === null ? 'none' : penaltyLabel === 'KL' ? 'kl' : 'l1',
    ...(beta !== null && { beta: target === null ? beta : 0.1 }),
    ...(target !== null && { targetL0: target }),
  });
  const fvu = 1 - (explainedVariance ?? 0);
  const l0 = s.l0.reduce((sum, each) => sum + each, 0) / s.samples;
  const records = Array.from(history.loss, (loss, e) => ({
    ...{ loss, reconstruction: 0, sparsity: 1, penalty: beta ?? 0, l0, deadUnits: 0, beta: beta ?? 0 },
    ...(history.validationLoss.length > 0 && { validationLoss: history.validationLoss[e] }),
  }));
  const evaluation = { l0, deadUnits: s.dead.length, saturatedUnits: 0, mse: fvu, fvu };
  return diagnoses(evaluation, options, records.length > 0 ? historyOf(records) : undefined);
}

test.run();
