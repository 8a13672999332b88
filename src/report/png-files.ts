import { Page } from './page.js';
import { onWhite } from './pictures.js';
import { sheetPng } from './png.js';
import { checkReportData, type ReportData } from './report-data.js';
import { exampleSamples } from './sections/samples.js';
import { buildUp, row } from './statistics.js';

export interface PngFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Units in the file, and units a row: a square picture. */
const MOST_UNITS = 1024;

/**
 * The report's main pictures as files of their own: `units.png`, the rows of W_dec, those of the most used units
 * first, each on its own scale; `reconstructions.png`, samples above what the model makes of them.
 * @throws RangeError as `renderReport`
 */
export function pngFiles(data: ReportData): PngFile[] {
  checkReportData(data);
  const page = new Page(data);
  const { model, samples } = data;
  const units = page.statistics.byUse.slice(0, MOST_UNITS);
  const tiles = units.map((j) => page.decoder.brush.draw(row(model.decoderWeight, j, model.outputDim)));
  const examples = exampleSamples(samples, page.statistics.samples);
  const made = examples.map((i) => {
    const { bias, steps } = buildUp(model, page.code(i));
    return steps.length > 0 ? steps[steps.length - 1].soFar : bias;
  });
  const pairs = [...examples.map((i) => page.target(i)), ...made].map((values) =>
    page.outputs.brush.draw(values, page.sampleScale),
  );
  return [
    { name: 'units.png', bytes: sheetPng(tiles, onWhite(page.decoder.brush), Math.ceil(Math.sqrt(units.length))) },
    { name: 'reconstructions.png', bytes: sheetPng(pairs, onWhite(page.outputs.brush), examples.length) },
  ];
}
