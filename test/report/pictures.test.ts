import { decode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeBase64 } from '../../src/report/base64.js';
import { lettering } from '../../src/report/lettering.js';
import {
  type Brush,
  barBrush,
  greatestMagnitude,
  greyBrush,
  negativeColour,
  onWhite,
  positiveColour,
  signedBrush,
} from '../../src/report/pictures.js';
import { picturePng, sheetPng } from '../../src/report/png.js';
import { pngFiles } from '../../src/report/png-files.js';
import { Sheet, sheetRules } from '../../src/report/sheets.js';
import { row, statisticsOf } from '../../src/report/statistics.js';
import { noise, sample } from './sample.js';

/** The colour of every pixel, read back from the PNG. */
function colours(values: ArrayLike<number>, brush: Brush, scale?: number): number[][] {
  const png = decode(picturePng(brush.draw(values, scale), brush));
  assert.equal([png.width, png.height], [brush.size.width, brush.size.height]);
  return Array.from(png.data, (index) => [...(png.palette ?? [])[index]]);
}

test('base64 survives every byte and many chunks', () => {
  const bytes = Uint8Array.from({ length: 70_001 }, (_, i) => (i * 7 + (i >> 8)) & 255);
  assert.is(encodeBase64(bytes), Buffer.from(bytes).toString('base64'));
});

test('a grey picture runs from black at low to white at high', () => {
  const drawn = colours([0, 0.5, 1, -3, 7, Number.NaN], greyBrush({ width: 3, height: 2 }, 0, 1));
  assert.equal(
    drawn.map(([red]) => red),
    [0, 130, 255, 0, 255, 0],
  );
  for (const [red, green, blue] of drawn) assert.ok(red === green && green === blue);
});

test('a signed picture is clear at zero and solid at either end', () => {
  const drawn = colours([-2, -1, 0, 1, 2, Number.NaN], signedBrush({ width: 3, height: 2 }), 2);
  assert.equal(drawn[0], [...negativeColour, 254]);
  assert.equal(drawn[4], [...positiveColour, 254]);
  assert.equal([drawn[2][3], drawn[5][3]], [0, 0]);
  assert.equal(drawn[3], [...positiveColour, 131]);
  assert.equal(drawn[1].slice(0, 3), [...negativeColour]);
});

test('without a scale, a signed picture ends at its greatest magnitude, infinity left out', () => {
  assert.is(greatestMagnitude([1, -3, Number.NaN, Infinity]), 3);
  assert.equal(colours([1, -3], signedBrush({ width: 2, height: 1 }))[1], [...negativeColour, 254]);
  assert.equal(
    colours([0, 0], signedBrush({ width: 2, height: 1 })).map(([, , , alpha]) => alpha),
    [0, 0],
  );
});

test('bars go up for more than zero and down for less, as far as the value', () => {
  const brush = barBrush(3);
  const { width, height } = brush.size;
  assert.equal([width, height], [3, 49]);
  const drawn = colours([1, -0.5, 0], brush, 1);
  const heights = (x: number, colour: readonly number[]) =>
    Array.from({ length: height }, (_, y) => y).filter(
      (y) => drawn[y * width + x][3] > 200 && drawn[y * width + x][0] === colour[0],
    );
  assert.equal(
    heights(0, positiveColour),
    Array.from({ length: 25 }, (_, y) => y),
  );
  assert.equal(
    heights(1, negativeColour),
    Array.from({ length: 13 }, (_, y) => 24 + y),
  );
  assert.equal(heights(2, positiveColour), []);
});

test('where there are more numbers than bars, a bar is the greatest of its few', () => {
  const brush = barBrush(600);
  assert.is(brush.size.width, 200);
  const values = new Float64Array(600);
  values[4] = -1;
  const drawn = brush.draw(values);
  assert.is(drawn[48 * 200 + 1], 0);
  assert.is(drawn[48 * 200 + 0], brush.blank);
});

test('a sheet holds each picture in its own frame', () => {
  const brush = signedBrush({ width: 3, height: 2 });
  const rows = Array.from({ length: 18 }, (_, k) => noise(6, k + 1));
  const pictures = rows.map((values) => brush.draw(values));
  const png = decode(sheetPng(pictures, brush));
  assert.equal([png.width, png.height], [16 * 5, 2 * 4]);
  let drawn = 0;
  for (const [k, picture] of pictures.entries()) {
    for (let p = 0; p < 6; p++) {
      const x = (k % 16) * 5 + 1 + (p % 3);
      const y = Math.floor(k / 16) * 4 + 1 + Math.floor(p / 3);
      assert.is(png.data[y * png.width + x], picture[p]);
      if (picture[p] !== brush.blank) drawn++;
    }
  }
  assert.is(png.data.filter((index) => index !== brush.blank).length, drawn, 'frames are blank');
});

test('on white, what was clear is white and what was solid keeps its colour', () => {
  const brush = onWhite(signedBrush({ width: 3, height: 1 }));
  const [low, zero, high] = colours([-1, 0, 1], brush);
  assert.equal(zero, [255, 255, 255]);
  for (const [got, wanted] of [
    [low, negativeColour],
    [high, positiveColour],
  ] as const) {
    assert.ok(
      got.every((value, c) => Math.abs(value - wanted[c]) <= 1),
      `${got}`,
    );
  }
});

test('the PNG files hold all units in the order of their use, and samples above reconstructions', () => {
  const data = sample();
  const [units, reconstructions] = pngFiles(data);
  assert.equal([units.name, reconstructions.name], ['units.png', 'reconstructions.png']);
  const png = decode(units.bytes);
  // 3 of a picture, 2, a line of 5, 4, and a frame of 1.
  const cell = 3 + 2 + 5 + 4 + 2;
  assert.equal([png.width, png.height], [3 * 6, 2 * cell]);
  const brush = signedBrush({ width: 4, height: 3 });
  const ink = png.palette?.findIndex(([red, green, blue]) => red === green && green === blue && red < 99);
  for (const [k, j] of statisticsOf(data).byUse.entries()) {
    const drawn = brush.draw(row(data.model.decoderWeight, j, 12));
    const at = (p: number) => (Math.floor(k / 3) * cell + 1 + Math.floor(p / 4)) * png.width + (k % 3) * 6 + 1 + (p % 4);
    assert.equal(
      [...drawn],
      Array.from({ length: 12 }, (_, p) => png.data[at(p)]),
    );
    const under = Array.from({ length: 4 * 11 }, (_, p) => Number(png.data[at(12 + p)] === ink));
    assert.equal(under, [...Array(8).fill(0), ...lettering(String(j), 4, 1), ...Array(16).fill(0)], `the number of unit ${j}`);
  }
  const pairs = decode(reconstructions.bytes);
  assert.equal([pairs.width, pairs.height], [2 * 6, 2 * 5]);
  assert.is(pairs.data[pairs.width + 1], greyBrush({ width: 4, height: 3 }, 0, 1).draw([data.samples.x[0]])[0]);
});

test('under a unit stand its number and its name, as far as there is room; a picture narrower than the number makes room', () => {
  const lines = (text: string, width: number, scale = 1) => {
    const ink = lettering(text, width, scale);
    return Array.from({ length: 5 * scale }, (_, y) =>
      [...ink.subarray(y * width, (y + 1) * width)].map((on) => '·#'[on]).join(''),
    );
  };
  assert.equal(lines('1é', 8), ['·#··###·', '##··#···', '·#··##··', '·#··#···', '###·###·']);
  assert.equal(lines('字-', 8), ['###·····', '###·····', '###·###·', '###·····', '###·····']);
  assert.equal(lines('12', 16, 2).slice(0, 3), ['··##····######··', '··##····######··', '####········##··']);
  assert.equal(lines('12 cats', 23), lines('12 c…', 23), 'cut to what fits');
  const data = sample();
  const first = statisticsOf(data).byUse[0];
  const names = Array.from({ length: 6 }, (_, j) => (j === first ? 'cats' : null));
  const unitsOf = (more: Partial<typeof data>) => decode(pngFiles({ ...data, ...more })[0].bytes);
  const named = unitsOf({ image: null, model: { ...data.model, names } });
  assert.equal([named.width, named.height], [3 * 14, 2 * (49 + 2 + 5 + 4 + 2)]);
  const ink = (named.palette?.length ?? 0) - 1;
  const under = Array.from({ length: 5 * 12 }, (_, at) => {
    const [y, x] = [1 + 49 + 2 + Math.floor(at / 12), 1 + (at % 12)];
    return Number(named.data[y * named.width + x] === ink);
  });
  assert.equal(under, [...lettering(`${first} cats`, 12, 1)]);
  assert.is(unitsOf({ image: { width: 2, height: 6 } }).width, 3 * (4 + 2));
});

test('an element shows its place on the sheet, by classes that have rules', () => {
  const sheet = new Sheet('abc', greyBrush({ width: 2, height: 2 }, 0, 1), '.other');
  for (let k = 0; k < 20; k++) assert.is(sheet.add([0, 1, 0, 1]), k);
  assert.is(sheet.html(19, 'a "name"'), '<i class="p abc x3 y1" role="img" aria-label="a &quot;name&quot;"></i>');
  assert.is(sheet.html(0, '', { opacity: 0.5, className: 'big' }), '<i class="p abc x0 y0 o10 big" aria-hidden="true"></i>');
  assert.match(
    sheet.rules(),
    /^\.abc \{ --last: 1; aspect-ratio: 1; \}\n\.abc, \.other \{ background-image: url\(data:image\/png;base64,/,
  );
  const rules = sheetRules(20);
  for (const rule of ['.x3{--x:3}', '.y1{--y:1}', '.o10{opacity:0.5}', '.x15{--x:15}']) assert.ok(rules.includes(rule), rule);
  assert.not.match(rules, /\.y2\{/);
  assert.is(new Sheet('none', greyBrush({ width: 1, height: 1 }, 0, 1)).rules(), '');
});

test.run();
