import { lettering, lineHeight, lineWidth } from './lettering.js';
import { Page } from './page.js';
import { type Brush, onWhite } from './pictures.js';
import { sheetPng } from './png.js';
import { checkReportData, type Numbers, type ReportData } from './report-data.js';
import { exampleSamples } from './sections/samples.js';
import { buildUp, row } from './statistics.js';

export interface PngFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Units in the file, and units a row: a square picture. */
const MOST_UNITS = 1024;

/** Pixels between a picture and what is written under it, and below that. */
const [GAP, BELOW] = [2, 4];
/** The width from which letters are twice as large, and their colour. */
const WIDE = 128;
const INK = [70, 70, 70];

/**
 * The report's main pictures as files of their own: `units.png`, the rows of W_dec, those of the most used units
 * first, each on its own scale, above the unit's number and name; `reconstructions.png`, samples above what the model makes of them.
 * @throws RangeError as `renderReport`
 */
export function pngFiles(data: ReportData): PngFile[] {
  checkReportData(data);
  const page = new Page(data);
  const { model, samples } = data;
  const units = page.statistics.byUse.slice(0, MOST_UNITS);
  const { brush, draw } = captioned(onWhite(page.decoder.brush), String(model.hiddenDim - 1).length);
  const tiles = units.map((j) =>
    draw(row(model.decoderWeight, j, model.outputDim), [j, ...(model.names?.[j] ? [model.names[j]] : [])].join(' ')),
  );
  const examples = exampleSamples(samples, page.statistics.samples);
  const made = examples.map((i) => {
    const { bias, steps } = buildUp(model, page.code(i));
    return steps.length > 0 ? steps[steps.length - 1].soFar : bias;
  });
  const pairs = [...examples.map((i) => page.target(i)), ...made].map((values) =>
    page.outputs.brush.draw(values, page.sampleScale),
  );
  return [
    { name: 'units.png', bytes: sheetPng(tiles, brush, Math.ceil(Math.sqrt(units.length))) },
    { name: 'reconstructions.png', bytes: sheetPng(pairs, onWhite(page.outputs.brush), examples.length) },
  ];
}

/** Pictures of a brush above a line of text, which has room for so many letters at least: their own brush, and how one is drawn. */
function captioned(bare: Brush, letters: number) {
  const scale = bare.size.width < WIDE ? 1 : 2;
  const width = Math.max(bare.size.width, lineWidth(letters, scale));
  const top = bare.size.height + GAP;
  const brush: Brush = { ...bare, size: { width, height: top + lineHeight(scale) + BELOW }, palette: [...bare.palette, INK] };
  const draw = (values: Numbers, text: string) => {
    const pixels = new Uint8Array(width * brush.size.height).fill(brush.blank);
    const picture = bare.draw(values);
    for (let y = 0; y < bare.size.height; y++)
      pixels.set(picture.subarray(y * bare.size.width, (y + 1) * bare.size.width), y * width);
    lettering(text, width, scale).forEach((ink, at) => {
      if (ink) pixels[top * width + at] = bare.palette.length;
    });
    return pixels;
  };
  return { brush, draw };
}
