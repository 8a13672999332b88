import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findings } from '../../src/report/findings.js';
import type { ReportData } from '../../src/report/report-data.js';
import { statisticsOf } from '../../src/report/statistics.js';
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

test('a code that died is told first, with its cause, and not praised for being sparse', () => {
  const all = seen({ samples: codesOf(() => 0) });
  assert.is(says(all, /All 6 units are dead.*too much weight on the XY penalty/), 'bad');
  assert.ok(all.every((text) => !/sparse|No unit is dead|explain/.test(text)));
  assert.match(
    seen({ samples: codesOf(() => 0), penaltyLabel: null, rho: null })[0],
    /cause is a learning rate that is too large/,
  );
});

test('how much is explained is judged', () => {
  assert.is(says(seen({ explainedVariance: 0.95 }), /explain 95\.0%.*close copies/), 'good');
  assert.is(says(seen({ explainedVariance: 0.723 }), /explain 72\.3%/), 'good');
  assert.is(says(seen({ explainedVariance: 0.4 }), /coarse likeness. Less weight on the penalty/), 'fair');
  assert.is(says(seen({ explainedVariance: -0.1 }), /explain −10\.0%.*hardly better than showing the mean/), 'bad');
  assert.ok(seen({ explainedVariance: null }).every((text) => !/explain/.test(text)));
});

test('sparse, fairly sparse, hardly sparse and dense codes are told apart', () => {
  const active = (units: number) => codesOf((i, j) => Number((i + j) % 6 < units));
  assert.is(says(seen({ samples: active(1) }), /makes 1 of 6 units active on average \(17%\): the code is sparse/), 'good');
  assert.is(says(seen({ samples: active(2) }), /the code is fairly sparse/), 'fair');
  assert.is(says(seen({ samples: active(4) }), /hardly sparse. More weight on the penalty/), 'fair');
  assert.is(says(seen({ samples: active(4), penaltyLabel: null, rho: null }), /hardly sparse. There is no penalty/), 'fair');
  assert.is(says(seen({ samples: active(6) }), /the code is dense. It can still be quiet: the mean activation is 1\./), 'fair');
});

test('a penalty that is obeyed, too weak, or too strong', () => {
  const mean = (value: number) => codesOf((i, j) => ((i + j) % 2 ? 2 * value : 0));
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
  assert.is(says(seen({ samples: some(2, 0) }), /2 of 6 units \(33%\) are dead.*smaller learning rate or less weight/), 'fair');
  assert.is(says(seen({ samples: some(4, 0) }), /4 of 6 units \(67%\) are dead/), 'bad');
  const known = (dead: number[]) => seen({ samples: some(2, 0), model: { ...sample().model, dead } });
  assert.is(says(known([]), /No unit is dead: each is active on some row, 2 on none of these samples\.$/), 'good');
  assert.is(says(known([1]), /1 of 6 units \(17%\) is dead: active on no row, 1 more on none of these samples\. A/), 'fair');
  assert.is(says(known([0, 1]), /2 of 6 units \(33%\) are dead: active on no row\. A/), 'fair');
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

test.run();
