import { readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeBase64, encodeBase64 } from '../../src/report/base64.js';
import { chooseUnits, quantiseCodes, restoreCodes } from '../../src/report/codes.js';
import { codeForScript } from '../../src/report/escape.js';
import { divergingPng, greyscalePng, negativeColour, pictureSize, positiveColour, tileAtlas } from '../../src/report/images.js';
import { renderReport } from '../../src/report/report.js';
import type { ReportData } from '../../src/report/report-data.js';

const chartLibrary = readFileSync(new URL('../../node_modules/chart.js/dist/chart.umd.js', import.meta.url), 'utf8');

/** A repeatable run of numbers in [−1, 1). */
function noise(length: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function sample(changes: Partial<ReportData> = {}): ReportData {
  const h = changes.hidden ?? 6;
  const d = changes.inputs ?? 12;
  return {
    title: 'Small run',
    command: 'npm start -- --hidden 6',
    summary: 'It learned from nothing much.',
    settings: [{ name: 'hidden units', value: String(h) }],
    results: [{ name: 'test loss', value: '1.25' }],
    inputs: d,
    hidden: h,
    lossUnit: 'squared error per sample',
    history: {
      loss: [3, 2, 1.5],
      reconstruction: [2, 1.5, 1],
      sparsity: [1, 0.5, 0.5],
      validationLoss: [3.1, 2.2, 1.7],
      l0: [5, 3, 2],
    },
    image: d === 12 ? { width: 4, height: 3 } : null,
    classNames: ['0', '1'],
    examples: {
      originals: noise(2 * d, 2).map(Math.abs),
      reconstructions: noise(2 * d, 3).map(Math.abs),
      labels: [0, 1],
    },
    codes: { values: noise(20 * h, 4), labels: Array.from({ length: 20 }, (_, i) => i % 2) },
    meanActivation: noise(h, 5).map(Math.abs),
    deadUnits: [h - 1],
    rho: 0.05,
    encoderWeight: noise(d * h, 6),
    ...changes,
  };
}

const render = (changes?: Partial<ReportData>): string => renderReport(sample(changes), chartLibrary);

function scripts(html: string): string[] {
  return [...html.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script/gi)].map((match) => match[1]);
}

/** What the page's own script reads. */
function pageData(html: string) {
  return JSON.parse(scripts(html)[0]);
}

function withoutScripts(html: string): string {
  return html.replace(/<script\b[^>]*>[\s\S]*?<\/script>/gi, '');
}

/** Palette index at every pixel of a data-URI PNG, with the picture's size. */
function pixels(uri: string) {
  const prefix = 'data:image/png;base64,';
  assert.is(uri.slice(0, prefix.length), prefix);
  return decode(decodeBase64(uri.slice(prefix.length)));
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

test('the same data give the same bytes', () => {
  assert.is(render(), render());
});

test('every script parses, and each one ends where it should', () => {
  const found = scripts(render());
  assert.is(found.length, 3);
  for (const code of found.slice(1)) assert.not.throws(() => new Function(code));
  assert.match(found[1], /Chart\.js v4/);
  assert.match(found[2], /start\(\);\s*$/);
});

test('text that would break out of its place is escaped', () => {
  const evil = `</script><script>alert(1)</script><!--<img src=x onerror="alert(2)">'&`;
  const html = render({
    title: evil,
    command: evil,
    summary: evil,
    lossUnit: evil,
    settings: [{ name: evil, value: evil }],
    results: [{ name: evil, value: evil }],
    classNames: [evil, '1'],
  });
  assert.is(scripts(html).length, 3);
  assert.not.match(html, /<img src=x|<script>alert|<!--</);
  assert.match(html, /<title>&lt;\/script&gt;/);
  assert.is(pageData(html).classes[0].name, evil);
  assert.is(pageData(html).lossUnit, evil);
});

test('a library that holds "</script" keeps its meaning', () => {
  const source = `globalThis.text = '</script><!--' + /<!--|<\\/script/u.source.length + \`</SCRIPT>\`;`;
  const safe = codeForScript(`${source}\n//# sourceMappingURL=x.js.map\n`);
  assert.not.match(safe, /<\/script|<!--|sourceMappingURL/i);
  const run = (code: string) => new Function('globalThis', code);
  const plain = { text: '' };
  const inlined = { text: '' };
  run(source)(plain);
  run(safe)(inlined);
  assert.is(inlined.text.slice(0, 12), plain.text.slice(0, 12));
  assert.is(inlined.text.slice(-9), '</SCRIPT>');
  assert.is(scripts(renderReport(sample(), source)).length, 3);
});

test('base64 survives every byte and many chunks', () => {
  const bytes = Uint8Array.from({ length: 70_001 }, (_, i) => (i * 7 + (i >> 8)) & 255);
  assert.equal(decodeBase64(encodeBase64(bytes)), bytes);
  assert.is(encodeBase64(bytes), Buffer.from(bytes).toString('base64'));
});

test('a greyscale picture runs from black at low to white at high', () => {
  const values = [0, 0.5, 1, -3, 7, Number.NaN];
  const png = pixels(greyscalePng(values, { width: 3, height: 2 }, 0, 1));
  assert.equal([png.width, png.height, png.channels], [3, 2, 1]);
  assert.equal([...png.data], [0, 128, 255, 0, 255, 0]);
});

test('a diverging picture is clear at zero and solid at either end', () => {
  const png = pixels(divergingPng([-2, -1, 0, 1, 2, Number.NaN], { width: 3, height: 2 }, 2));
  const palette = png.palette ?? [];
  const colours = [...png.data].map((index) => palette[index]);
  assert.equal(colours[0], [...negativeColour, 254]);
  assert.equal(colours[4], [...positiveColour, 254]);
  assert.is(colours[2][3], 0);
  assert.is(colours[5][3], 0);
  assert.is(colours[1][3], 128 - 2);
  assert.is(colours[3][3], 128);
});

test('a tile shows its own column, on its own scale', () => {
  const [d, h] = [6, 5];
  const weight = noise(d * h, 9);
  for (let i = 0; i < d; i++) weight[i * h + 3] = 0;
  const atlas = tileAtlas(weight, h, { width: 3, height: 2 });
  const png = pixels(atlas.uri);
  assert.equal([atlas.columns, atlas.rows, png.width, png.height], [3, 2, 15, 8]);
  for (let j = 0; j < h; j++) {
    const column = Array.from({ length: d }, (_, i) => weight[i * h + j]);
    const scale = Math.max(...column.map(Math.abs));
    assert.is(atlas.scales[j], scale);
    for (let i = 0; i < d; i++) {
      const x = (j % 3) * 5 + 1 + (i % 3);
      const y = Math.floor(j / 3) * 4 + 1 + Math.floor(i / 3);
      const expected = scale === 0 ? 127 : 127 + Math.round((column[i] / scale) * 127);
      assert.is(png.data[y * png.width + x], expected);
    }
  }
  for (let x = 0; x < png.width; x++) assert.is(png.data[x], 127);
});

test('what is no picture becomes the smallest near-square grid', () => {
  assert.equal(pictureSize(null, 10), { width: 4, height: 3 });
  assert.equal(pictureSize(null, 1), { width: 1, height: 1 });
  assert.equal(pictureSize(null, 784), { width: 28, height: 28 });
  const html = render({ inputs: 10, image: null });
  assert.match(html, /grid of 4 × 3 cells/);
  assert.not.match(html, /a picture of/);
});

test('codes come back to within half a step, and zeros exactly', () => {
  const [n, h] = [40, 7];
  const values = noise(n * h, 11).map((value, k) => (k % h < 3 ? Math.max(0, value) : value * 9));
  for (let i = 0; i < n; i++) values[i * h + 6] = 0.25;
  const codes = quantiseCodes(values, h);
  const restored = restoreCodes(codes);
  for (let k = 0; k < values.length; k++) {
    const error = Math.abs(restored[k] - values[k]);
    assert.ok(error <= codes.step[k % h] * (0.5 + 1e-9), `error ${error} at ${k}`);
    if (k % h < 3 && values[k] === 0) assert.is(restored[k], 0);
    if (k % h === 6) assert.is(restored[k], 0.25);
  }
});

test('the page carries the codes unit by unit', () => {
  const data = sample();
  const { codes } = pageData(renderReport(data, chartLibrary));
  const bytes = decodeBase64(codes.base64);
  const n = data.codes.labels.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < data.hidden; j++) {
      const value = codes.low[j] + codes.step[j] * bytes[j * n + i];
      const error = Math.abs(value - data.codes.values[i * data.hidden + j]);
      assert.ok(error <= codes.step[j] * (0.5 + 1e-9));
    }
  }
  assert.equal(codes.labels, data.codes.labels);
});

test('codes which are all zero, or not finite, do no harm', () => {
  const zero = quantiseCodes(new Float32Array(12), 3);
  assert.equal(zero.step, [0, 0, 0]);
  assert.equal([...restoreCodes(zero)], new Array(12).fill(0));
  const broken = restoreCodes(quantiseCodes([Number.NaN, 1, Infinity, 3, 2, 1], 2));
  assert.equal([...broken], [2, 1, 2, 3, 2, 1]);
  const html = render({ codes: { values: new Float32Array(120), labels: new Uint8Array(20) } });
  assert.equal(pageData(html).units, [0, 1]);
});

test('the units shown first part the classes, though others vary more', () => {
  const [n, h] = [200, 6];
  const labels = Array.from({ length: n }, (_, i) => i % 4);
  const values = noise(n * h, 13);
  for (let i = 0; i < n; i++) {
    for (const j of [0, 3, 4]) values[i * h + j] *= 10;
    values[i * h + 2] = values[i * h + 2] * 0.1 + (labels[i] & 1);
    values[i * h + 5] = values[i * h + 5] * 0.1 + (labels[i] >> 1);
  }
  assert.equal(chooseUnits(values, h, labels).sort(), [2, 5]);
});

test('with one class the two units of greatest variance are shown first', () => {
  const values = noise(60, 17).map((value, k) => value * [1, 5, 3][k % 3]);
  assert.equal(chooseUnits(values, 3, new Uint8Array(20)), [1, 2]);
});

test('a single hidden unit is drawn against itself', () => {
  const html = render({ hidden: 1, deadUnits: [] });
  assert.equal(pageData(html).units, [0, 0]);
  assert.is(html.match(/<button type="button" class="tile/g)?.length, 1);
  assert.match(html, /No unit is dead/);
  assert.match(html, /a code of\n1 unit and/);
});

test('without a target there is no mention of ρ', () => {
  const html = render({ rho: null });
  assert.is(pageData(html).rho, null);
  assert.not.match(withoutScripts(html), /ρ/);
  assert.match(withoutScripts(render()), /ρ = 0\.05/);
});

test('one epoch, missing parts and NaN are fit to draw', () => {
  const none: number[] = [];
  const history = { loss: [2], reconstruction: [Number.NaN], sparsity: none, validationLoss: none, l0: none };
  const html = render({ history });
  assert.equal(pageData(html).history, { ...history, reconstruction: [null] });
  assert.not.match(html, /id="l0-chart"/);
  assert.match(html, /in 1 epoch of training/);
});

test('dead units are marked on their tiles', () => {
  const html = render({ deadUnits: [0, 4] });
  const dead = [...html.matchAll(/class="tile dead" data-unit="(\d+)"/g)].map((match) => match[1]);
  assert.equal(dead, ['0', '4']);
});

test('every picture and every control can be told without sight', () => {
  const html = withoutScripts(render());
  const images = html.match(/<img\b[^>]*>/g) ?? [];
  assert.is(images.length, 6);
  for (const image of images) assert.match(image, /alt="Sample \d, class \d: \w+"/);
  for (const canvas of html.match(/<canvas\b[^>]*>[^<]*/g) ?? []) {
    assert.match(canvas, /role="img" aria-label="[^"]{20,}">.{20,}/);
  }
  for (const [, id] of html.matchAll(/<select id="([^"]+)"/g)) {
    assert.match(html, new RegExp(`<label[^>]* for="${id}"`));
  }
});

test('shapes at odds with each other are refused by name', () => {
  const refused = (changes: Partial<ReportData>, message: RegExp) => assert.throws(() => render(changes), message);
  refused({ image: { width: 5, height: 5 } }, /image is 5 × 5/);
  refused({ meanActivation: [1] }, /meanActivation holds 1 numbers, not 6/);
  refused({ encoderWeight: [1] }, /encoderWeight/);
  refused({ deadUnits: [6] }, /deadUnits\[0\] is 6/);
  refused({ classNames: ['0'] }, /labels\[1\] is 1/);
  refused({ hidden: 0, deadUnits: [] }, /hidden must be/);
});

test('1,024 units and 2,000 samples stay below 5 MB', () => {
  const [d, h, n] = [784, 1024, 2000];
  const html = render({
    inputs: d,
    hidden: h,
    image: { width: 28, height: 28 },
    codes: { values: noise(n * h, 19), labels: new Uint8Array(n) },
  });
  assert.ok(new TextEncoder().encode(html).length < 5e6);
});

test.run();
