import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderReport } from '../../src/report/report.js';
import type { ReportData } from '../../src/report/report-data.js';
import { exampleSamples } from '../../src/report/sections/samples.js';
import { spread } from '../../src/report/sections/training.js';
import { meanSquaredError, row, statisticsOf, strongestSamples } from '../../src/report/statistics.js';
import { clip, count, percent, short, tenths } from '../../src/report/text.js';
import { projectRoot } from '../helpers.js';
import { large, sample } from './sample.js';

const render = (changes?: Partial<ReportData>): string => renderReport(sample(changes));
const withoutScripts = (html: string) => html.replace(/<script\b[^>]*>[\s\S]*?<\/script>/gi, '');
const scripts = (html: string) => [...html.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script/gi)].map((match) => match[1]);
const bytes = (html: string) => new TextEncoder().encode(html).length;
const sectionOf = (html: string, id: string) => new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(html)?.[0] ?? '';
/** The table behind a chart, by its caption: rows of cells. */
function tableOf(html: string, caption: string): string[][] {
  const table = new RegExp(`<caption>${caption}</caption><thead>[\\s\\S]*?<tbody>([\\s\\S]*?)</tbody>`).exec(html)?.[1] ?? '';
  return table
    .trim()
    .split('\n')
    .map((line) => [...line.matchAll(/<t[hd][^>]*>([^<]*)/g)].map(([, text]) => text));
}

test('the page asks nobody for anything', () => {
  const html = render();
  const markup = withoutScripts(html);
  const targets = [
    ...[...markup.matchAll(/\b(?:src|href|srcset|poster|action)\s*=\s*"([^"]*)"/gi)],
    ...[...markup.matchAll(/url\(\s*["']?([^)"']*)/gi)],
  ].map((match) => match[1]);
  assert.ok(targets.length > 10);
  for (const target of targets) assert.match(target, /^(#|data:)/);
  assert.not.match(markup, /https?:\/\/|@import/i);
  assert.not.match(html, /sourceMappingURL|\bfetch\(|XMLHttpRequest|<link rel="stylesheet|<script src/i);
  assert.match(html, /Content-Security-Policy" content="default-src 'none'/);
});

test('no style attribute, no handler in the markup, and one script, without eval, that parses', () => {
  const html = render();
  assert.not.match(withoutScripts(html), /<[^>]*\s(style|on\w+)=/i);
  assert.is(scripts(html).length, 1);
  assert.not.throws(() => new Function(scripts(html)[0]));
  assert.not.match(scripts(html)[0], /\beval\b|new Function|innerHTML|setAttribute\('style'/);
});

test('the same data give the same bytes', () => {
  assert.is(render(), render());
});

test('every picture and chart stands there without a script', () => {
  const html = withoutScripts(render());
  for (const sheet of ['smp', 'out', 'dec', 'enc', 'dif', 'gro']) {
    assert.match(html, new RegExp(`\\.${sheet}[^{]*\\{ background-image: url\\(data:image/png;base64,`));
    assert.match(html, new RegExp(`<i class="p ${sheet} x\\d+ y\\d+`));
  }
  const charts = html.match(/<svg class="chart/g) ?? [];
  assert.is(charts.length, 14, 'seven, each for wide pages and for narrow ones');
  assert.not.match(html, /<canvas|NaN|undefined|Infinity/);
});

test('pictures come before tables, and every link within the page leads somewhere', () => {
  const html = withoutScripts(render());
  const order = ['reconstructions', 'parts', 'units', 'codes', 'use', 'training', 'settings'].map((id) =>
    html.indexOf(`<section id="${id}"`),
  );
  assert.equal(
    order,
    [...order].sort((a, b) => a - b),
  );
  assert.ok(order[0] > 0);
  assert.ok(html.indexOf('<caption>Settings') > html.indexOf('id="training"'));
  const ids = new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
  assert.is(ids.size, html.match(/\sid="/g)?.length, 'no id twice');
  for (const [, id] of html.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.has(id), id);
});

test('text that would break out of its place is escaped', () => {
  const evil = `</script><script>alert(1)</script><!--<img src=x onerror="alert(2)">'&</style>`;
  const data = sample();
  const hostile = {
    title: evil,
    command: evil,
    summary: evil,
    lossLabel: evil,
    penaltyLabel: evil,
    settings: [{ name: evil, value: evil }],
    results: [{ name: evil, value: evil }],
    classNames: [evil, '1'],
    inputNames: Array.from({ length: 12 }, () => evil),
    model: { ...data.model, names: Array(6).fill(evil) },
  };
  for (const changes of [
    hostile,
    { ...hostile, image: null },
    { ...hostile, image: null, samples: { ...data.samples, texts: Array.from({ length: 20 }, () => evil) } },
  ]) {
    const html = render(changes);
    assert.is(scripts(html).length, 1);
    assert.is(html.match(/<\/style>/g)?.length, 1);
    assert.not.match(html, /<img|<script>alert|<!--|onerror="/);
    assert.match(html, /<title>&lt;\/script&gt;/);
  }
});

test('units that have names are called by them, where they are shown', () => {
  const { model } = sample();
  const html = render({ model: { ...model, names: ['cats', null, 'a & b', null, null, null] } });
  assert.match(html, '<h3>Unit 0: cats</h3>');
  assert.match(html, '<h3>Unit 1</h3>');
  assert.match(html, /<a href="#unit-2">[^\n]*unit&nbsp;2, a &amp; b<\/a>/);
  assert.match(html, 'aria-label="unit 0, cats, ');
  assert.throws(() => render({ model: { ...model, names: ['cats'] } }), 'report: model.names holds 1, expected 6');
});

test('tiles of texts begin with the name of the unit, unless it is made of these texts', () => {
  const { model, samples } = sample();
  const texts = Array.from({ length: 20 }, (_, i) => `text ${i} of cats`);
  const tiles = (names: (string | null)[]) => {
    const html = render({ image: null, model: { ...model, names }, samples: { ...samples, texts } });
    return new Map(Array.from(html.matchAll(/data-unit="(\d+)"><summary><em>(.*?)<\/em>/g), ([, j, face]) => [Number(j), face]));
  };
  const plain = tiles(Array(6).fill(null));
  const first = plain.get(1)?.split('<br>')[0];
  const named = tiles(['cats & dogs', `“${first}”`, `${first}, text`, null, `“${plain.get(4)?.slice(0, 6)}…”`, null]);
  assert.is(named.get(0), `<b>cats &amp; dogs</b><br>${plain.get(0)}`);
  for (const j of [1, 3, 4, 5]) assert.is(named.get(j), plain.get(j));
});

test('every picture and control has a name, or stands beside words that say it', () => {
  const html = withoutScripts(render());
  for (const [picture] of html.matchAll(/<i class="p [^>]*>/g))
    assert.match(picture, /role="img" aria-label="[^"]{5,}"|aria-hidden="true"/);
  for (const [svg] of html.matchAll(/<svg class="chart[^>]*>/g)) assert.match(svg, /role="img" aria-label="[^"]{20,}"/);
  for (const [label] of html.matchAll(/<label>[\s\S]*?<\/label>/g)) assert.match(label, /<input type="(radio|checkbox)"/);
  for (const [figure] of html.matchAll(
    /<figure(?: data-readable="\w+")?>(?:(?!<\/?figure)[\s\S])*<svg class="chart[\s\S]*?<\/figure>/g,
  )) {
    assert.match(figure, /<table><caption>/, 'a table behind each chart');
  }
  for (const [figure] of html.matchAll(/<figcaption><p>[\s\S]*?<\/figcaption>/g)) assert.match(figure, /<b>Good:<\/b> \S/);
});

test('the numbers behind the charts are those of the data', () => {
  const data = sample();
  const s = statisticsOf(data);
  const html = renderReport(data);
  const units = tableOf(html, 'All units, the loudest first');
  assert.is(units.length, 6);
  for (const [name, mean, greatest, density] of units) {
    const j = Number(name.slice('unit '.length));
    assert.equal([mean, greatest, density], [short(s.mean[j]), short(s.greatest[j]), percent(s.density[j])]);
  }
  assert.equal(
    units.map(([, mean]) => Number(mean)),
    units.map(([, mean]) => Number(mean)).sort((a, b) => b - a),
  );
  assert.equal(tableOf(html, 'Loss after each epoch'), [
    ['epoch 1', '3', '3.1', '2', '1'],
    ['epoch 2', '2', '2.2', '1.5', '0.5'],
    ['epoch 3', '1.5', '1.7', '1', '0.5'],
  ]);
  assert.equal(
    tableOf(html, 'Active units after each epoch').map(([, value]) => value),
    ['5.0', '3.0', '2.0'],
  );
  const classes = tableOf(html, 'Mean activation of each unit for each class');
  for (const [name, ...means] of classes) {
    const j = Number(name.slice('unit '.length));
    assert.equal(means, [short(s.classMeans[j]), short(s.classMeans[6 + j])]);
  }
  assert.is(classes.length, 5, 'the dead unit is not mapped');
  const counted = (caption: string) => tableOf(html, caption).reduce((sum, [, n]) => sum + Number(n), 0);
  assert.is(counted('Samples by the number of their active units'), 20);
  assert.is(counted('Units by the share of samples on which they are active'), 6);
});

test('units come in the order of their use, dead ones last, each with its card beneath it', () => {
  const data = sample();
  const s = statisticsOf(data);
  const html = sectionOf(renderReport(data), 'units');
  const units = [...html.matchAll(/<details class="unit( dead)?" name="unit" data-unit="(\d+)">([\s\S]*?)<\/details>/g)];
  assert.equal(
    units.map(([, , j]) => Number(j)),
    [...s.byUse],
  );
  assert.equal(
    units.map(([, dead]) => dead !== undefined),
    [false, false, false, false, false, true],
  );
  for (const [, , unit, content] of units) {
    const j = Number(unit);
    assert.match(content, new RegExp(`^<summary aria-label="unit ${j}, [^"]+"><i class="p dec `));
    const best = strongestSamples(data.samples.codes, 6, j, 9);
    const shown = [
      ...content.matchAll(
        /<li><i class="p smp [^>]*aria-label="sample (\d+), class (\d)"><\/i><i class="p dec [^>]*><\/i><span>([^<]*)</g,
      ),
    ];
    assert.equal(
      shown.map(([, i]) => Number(i)),
      best,
    );
    assert.equal(
      shown.map(([, , , value]) => value),
      best.map((i) => short(data.samples.codes[i * 6 + j])),
    );
  }
  assert.match(html, /Dead units, active on no sample: 1\./);
});

test('as many units active for every sample: one bar among whole numbers, and a sentence of its own', () => {
  const { samples } = sample();
  const active = (units: number) => ({
    ...samples,
    codes: Float64Array.from({ length: 120 }, (_, k) => Number((Math.floor(k / 6) + k) % 6 < units)),
  });
  const chartOf = (units: number) => {
    const html = sectionOf(render({ samples: active(units) }), 'use');
    return html.slice(html.indexOf('How many units a sample needs'));
  };
  const chart = chartOf(2);
  const axis = chart.slice(chart.indexOf('class="tick"'), chart.indexOf('class="base"'));
  assert.equal(
    [...axis.matchAll(/>([^<>]+)<\/text>/g)].map(([, name]) => name),
    ['0', '1', '2', '3', '4', '5'],
  );
  assert.match(chart, /Every sample makes exactly 2 of the 6 units active/);
  assert.not.match(chart, /some spread/);
  assert.match(chartOf(6), /Every sample makes all 6 units active/);
  assert.match(chartOf(0), /No sample makes any unit active/);
});

test('reconstructions and parts tell the error that they have', () => {
  const data = sample();
  const { model, samples } = data;
  const html = renderReport(data);
  const code = row(samples.codes, 0, 6);
  const xHat = Array.from(model.decoderBias, (b, p) =>
    model.output(code.reduce((sum, f, j) => sum + f * model.decoderWeight[j * 12 + p], b)),
  );
  const error = short(meanSquaredError(row(samples.x, 0, 12), xHat));
  assert.match(sectionOf(html, 'reconstructions'), new RegExp(`<th scope="row">error</th><td>${error}</td>`));
  assert.match(html, /the first less the\nsecond: orange is missing from the reconstruction, blue is too much/);
  const parts = sectionOf(html, 'parts');
  assert.match(parts, new RegExp(`error ${error}</p>`));
  assert.is(parts.match(/<ol class="steps">/g)?.length, 2, 'one for each example');
});

test('no validation line, no word of it; no ρ, no word of it; no penalty, no line', () => {
  const { history } = sample();
  const html = render({
    history: { ...history, validationLoss: [], sparsity: [], weight: [] },
    rho: null,
    penaltyLabel: null,
    beta: null,
  });
  assert.not.match(html.slice(html.indexOf('<main>')), /validation|ρ|penalty|level-name/i);
  assert.match(render(), /ρ = 0\.05/);
  assert.match(render(), /XY penalty × its weight/);
});

test('the report names no kind of penalty or activation by itself', () => {
  const folder = join(projectRoot, 'src/report');
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(join(folder, file), 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '');
    assert.not.match(text, /\b(kl|l1|relu|sigmoid|tanh|topk|jumprelu|gated)\b/i, file);
  }
});

test('a model without a history, classes or snapshots has a report without them', () => {
  const none: number[] = [];
  const { samples } = sample();
  const html = render({
    history: { loss: none, reconstruction: none, sparsity: none, weight: none, rest: none, validationLoss: none, l0: none },
    classNames: [],
    samples: { ...samples, labels: null },
    snapshots: [],
    command: '',
    explainedVariance: null,
  });
  assert.not.match(html, /id="training"|for which class|Made by|variance explained|NaN|undefined/);
  assert.match(html, /sample 2</);
});

test('a unit whose mean is below zero for a class is blue there in the map', () => {
  const { samples } = sample();
  assert.not.match(sectionOf(render(), 'codes'), /below zero/);
  const below = render({
    samples: { ...samples, codes: Array.from(samples.codes, (f, k) => (k % 6 === 2 ? -Math.abs(f) - 1 : f)) },
  });
  assert.match(sectionOf(below, 'codes'), /strong\nwhere orange and below zero where blue;/);
});

test('40 classes are mapped; more are named beside samples and left out of charts; long names are cut on axes', () => {
  const { samples } = sample();
  const named = (n: number) => Array.from({ length: n }, (_, k) => `a class of number ${k}`);
  const labels = Array.from({ length: 20 }, (_, i) => i);
  const few = render({ classNames: named(40), samples: { ...samples, labels } });
  assert.match(sectionOf(few, 'codes'), />a class of number…<\/text>/);
  assert.match(sectionOf(few, 'codes'), /<b class="k9"><\/b>a class of number 39</);
  const many = render({ classNames: named(41), samples: { ...samples, labels } });
  assert.not.match(sectionOf(many, 'codes'), /class of number|for which class/);
  assert.match(sectionOf(many, 'units'), /aria-label="sample 7, class a class of number 7"/);
});

test('one epoch and NaN are fit to draw', () => {
  const none: number[] = [];
  const html = withoutScripts(
    render({
      history: {
        ...sample().history,
        loss: [2],
        reconstruction: [Number.NaN],
        sparsity: none,
        weight: none,
        validationLoss: none,
        l0: none,
      },
    }),
  );
  assert.match(html, /class="line dot loss"/);
  assert.not.match(sectionOf(html, 'training'), /Active units per sample/);
});

test('a unit that is silent on the samples alone is nowhere called dead', () => {
  const { model } = sample();
  const html = render({ model: { ...model, dead: [] } });
  assert.match(html, /<dt>dead units<\/dt><dd>0<\/dd>/);
  assert.match(html, /No unit is dead: each is active on some row\..*>1 unit is active on none of these samples\./s);
  assert.match(html, /<details class="unit" name="unit" data-unit="5"><summary aria-label="unit 5, active on 0%"/);
  assert.match(html, /Active on none of these samples, but on other rows\./);
  assert.not.match(html, /class="unit dead"|Dead units|[^o] dead: active/);
  assert.throws(
    () => render({ model: { ...model, dead: [6] } }),
    'report: model.dead[0] is 6, expected a whole number from 0 to 5',
  );
});

test('a single unit, a dead code, and codes that are the same for all', () => {
  const base = sample();
  const one = { ...base.model, hiddenDim: 1, encoderWeight: base.model.encoderWeight, decoderWeight: base.model.decoderWeight };
  const model = {
    ...one,
    encoderWeight: Array.from({ length: 12 }, (_, i) => i),
    decoderWeight: Array.from({ length: 12 }, (_, i) => -i),
  };
  for (const value of [0, 0.5]) {
    const html = renderReport(
      sample({ model, snapshots: [], samples: { ...base.samples, codes: new Float32Array(20).fill(value) } }),
    );
    assert.is(html.match(/<details class="unit/g)?.length, 1);
    assert.not.match(withoutScripts(html), /NaN|undefined|Infinity/);
  }
  const dead = renderReport(sample({ samples: { ...base.samples, codes: new Float32Array(120) } }));
  assert.match(dead, /All 6 units are dead/);
  assert.not.match(withoutScripts(dead), /NaN|undefined|Infinity|id="codes"|id="parts"/);
});

test('rows that are no pictures are bars with names, and rows with texts are texts', () => {
  const { samples, model } = sample();
  const inputNames = Array.from({ length: 12 }, (_, p) => `measure ${p}`);
  const bars = render({ image: null, inputNames });
  const first = statisticsOf(sample()).byUse[0];
  const weights = row(model.decoderWeight, first, 12);
  const strongest = [...weights.keys()].sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]))[0];
  assert.match(bars, new RegExp(`Adds most to measure ${strongest} \\(`));
  const texts = Array.from({ length: 20 }, (_, i) => `the text of row ${i}`);
  const html = sectionOf(render({ image: null, samples: { ...samples, texts } }), 'units');
  const [best] = strongestSamples(samples.codes, 6, first, 1);
  assert.match(html, new RegExp(`<summary><em>the text of row ${best}<br>`));
  assert.match(html, new RegExp(`<ol class="texts"><li><b>[\\d.]+</b> the text of row ${best}</li>`));
});

test('outputs that are not the inputs are compared with their targets', () => {
  const { model, samples } = sample();
  const narrow = {
    ...model,
    outputDim: 5,
    decoderWeight: Array.from(model.decoderWeight).slice(0, 30),
    decoderBias: [0, 0, 0, 0, 0],
  };
  const targets = Array.from({ length: 100 }, (_, k) => k / 100);
  const html = renderReport(sample({ model: narrow, samples: { ...samples, targets }, snapshots: [] }));
  assert.not.match(withoutScripts(html), /NaN|undefined/);
  assert.throws(
    () => renderReport(sample({ model: narrow, snapshots: [] })),
    /samples\.targets is null, expected 20 × 5 numbers/,
  );
});

test('shapes at odds with each other are refused by name', () => {
  const { model, samples, history } = sample();
  const refused = (changes: Partial<ReportData>, message: RegExp) => assert.throws(() => render(changes), message);
  refused({ image: { width: 5, height: 5 } }, /image is 5 × 5, expected as many pixels as a sample has inputs, 12/);
  refused({ model: { ...model, encoderWeight: [1] } }, /model\.encoderWeight holds 1, expected 72/);
  refused({ model: { ...model, decoderBias: [1] } }, /model\.decoderBias holds 1, expected 12/);
  refused({ model: { ...model, hiddenDim: 0 } }, /model\.hiddenDim is 0, expected a whole number above 0/);
  refused({ samples: { ...samples, codes: [1, 2] } }, /samples\.codes holds 2 numbers, expected 6 or more/);
  refused({ samples: { ...samples, x: [1] } }, /samples\.x holds 1, expected 240/);
  refused({ samples: { ...samples, texts: ['a'] } }, /samples\.texts holds 1, expected 20/);
  refused({ classNames: ['0'] }, /samples\.labels\[1\] is 1, expected a whole number from 0 to 0/);
  refused({ inputNames: ['a'] }, /inputNames holds 1, expected 12/);
  refused({ history: { ...history, l0: [1] } }, /history\.l0 holds 1, expected 3/);
  refused({ snapshots: [{ epoch: 0, decoderWeight: [1] }] }, /snapshots\[0\]\.decoderWeight holds 1, expected 72/);
});

test('even of noise, which no PNG can pack, 784-64-784 stays below 1 MB and 2,048 units below 3 MB', () => {
  const image = { width: 28, height: 28 };
  assert.ok(bytes(renderReport(large(784, 64, 1000, 13, image))) < 1e6);
  const html = renderReport(large(784, 2048, 500, 40, image));
  assert.ok(bytes(html) < 3e6);
  assert.is(html.match(/<details class="unit/g)?.length, 128);
  assert.match(html, /<summary>1,920 more units, less used<\/summary>/);
  assert.is(tableOf(html, 'All units, the loudest first').length, 2048);
});

test('examples are one of each class, or spread over all', () => {
  const texts = Array(40).fill('a text');
  assert.equal(exampleSamples({ labels: [2, 0, 0, 2, 1], texts: null }, 5), [1, 4, 0]);
  assert.equal(exampleSamples({ labels: null, texts: null }, 40), [0, 4, 8, 12, 16, 20, 24, 28, 32, 36]);
  assert.equal(exampleSamples({ labels: null, texts: null }, 3), [0, 1, 2]);
  assert.equal(exampleSamples({ labels: null, texts }, 40), [0, 6, 13, 20, 26, 33], 'fewer, with room for their texts');
  assert.equal(exampleSamples({ labels: texts.map((_, i) => i % 8), texts }, 40), [0, 1, 2, 3, 4, 5]);
  assert.equal(spread(9, 3), [0, 4, 8]);
  assert.equal(spread(2, 8), [0, 1]);
});

test('numbers are written for reading', () => {
  assert.equal([short(0.012345), short(-1234.5), short(0), short(Number.NaN)], ['0.0123', '−1,230', '0', 'NaN']);
  assert.equal([percent(0.123), percent(0.00312), percent(1), percent(0)], ['12%', '0.31%', '100%', '0%']);
  assert.equal([tenths(72.34), tenths(-0.134)], ['72.3', '−0.1']);
  assert.equal([count(1, 'unit'), count(2048, 'unit')], ['1 unit', '2,048 units']);
  assert.equal([clip('a  b\nc', 9), clip('abcdefgh', 5)], ['a b c', 'abcd…']);
  const text = 'the hammer behind the red wall';
  assert.equal(
    [29, 24, 22, 21, 17, 8].map((longest) => clip(text, longest)),
    [
      'the hammer behind the red…',
      'the hammer behind the…',
      'the hammer behind the…',
      'the hammer behind…',
      'the hammer behin…',
      'the ham…',
    ],
  );
});

test.run();
