import { escapeHtml } from './escape.js';
import { type Brush, barBrush, greatestMagnitude, greyBrush, signedBrush } from './pictures.js';
import type { Numbers, ReportData } from './report-data.js';
import { Sheet } from './sheets.js';
import { type Classes, chartedClasses, column, row, type Statistics, statisticsOf } from './statistics.js';
import { clip, percent, short } from './text.js';

/** Units whose tile has a card behind it; others have a smaller tile, of fewer colours. */
const WITH_CARD = 128;
const FEWER_STEPS = 7;
/** Numbers drawn for all tiles together: more units than that are in the table alone. */
const MOST_DRAWN = 2_000_000;

/** What the sections share: the data, what follows from them, and the sheets that pictures are put on. */
export class Page {
  readonly statistics: Statistics;
  readonly classes: Classes | null;
  /** Rows of X as pictures: grey where they are images, else bars. */
  readonly samples: Sheet;
  /** Outputs of the model, drawn as the rows they should equal. */
  readonly outputs: Sheet;
  /** Rows of W_dec, columns of W_enc, and other signed things. */
  readonly decoder: Sheet;
  readonly encoder: Sheet;
  readonly furtherDecoder: Sheet;
  readonly differences: Sheet;
  readonly growth: Sheet;
  /** Units with a card, those most used first; and further ones that are drawn. */
  readonly carded: readonly number[];
  readonly further: readonly number[];
  /** Greatest |w_dec,j|: the end of the colour scale of unit j's tile. */
  readonly scales: Float64Array;
  /** Least and greatest number of a grey picture. */
  readonly range: readonly [number, number];
  /** Greatest magnitude among the samples: the scale of those that are bars. */
  readonly sampleScale: number;
  readonly #samplePlaces = new Map<number, number>();
  readonly #unitPlaces = new Map<number, number>();
  readonly #furtherPlaces = new Map<number, number>();

  constructor(readonly data: ReportData) {
    const { model, samples } = data;
    const { inputDim: d, outputDim, hiddenDim: h, decoderWeight } = model;
    this.statistics = statisticsOf(data);
    this.classes = chartedClasses(data);
    this.range = rangeOf(samples.x);
    this.sampleScale = greatestMagnitude(samples.x);
    this.samples = new Sheet('smp', this.#rowBrush(d));
    this.outputs = new Sheet('out', this.#rowBrush(outputDim));
    this.decoder = new Sheet('dec', this.#weightBrush(outputDim));
    this.encoder = new Sheet('enc', this.#weightBrush(d), '#units:has(#by-encoder:checked) .tiles summary .dec');
    this.furtherDecoder = new Sheet('far', this.#weightBrush(outputDim, FEWER_STEPS));
    this.differences = new Sheet('dif', this.#weightBrush(outputDim));
    this.growth = new Sheet('gro', this.#weightBrush(outputDim));

    const { byUse, density } = this.statistics;
    this.scales = Float64Array.from({ length: h }, (_, j) => greatestMagnitude(row(decoderWeight, j, outputDim)));
    this.carded = byUse.slice(0, WITH_CARD);
    const room = Math.max(0, Math.floor(MOST_DRAWN / outputDim) - WITH_CARD);
    this.further = byUse.slice(WITH_CARD, WITH_CARD + room).filter((j) => density[j] > 0);
    for (const j of this.carded) {
      this.#unitPlaces.set(j, this.decoder.add(row(decoderWeight, j, outputDim)));
      this.encoder.add(column(model.encoderWeight, j, h));
    }
    for (const j of this.further) this.#furtherPlaces.set(j, this.furtherDecoder.add(row(decoderWeight, j, outputDim)));
  }

  /** All sheets, in the order of their rules. */
  get sheets(): readonly Sheet[] {
    return [this.samples, this.outputs, this.decoder, this.encoder, this.furtherDecoder, this.differences, this.growth];
  }

  get hasTexts(): boolean {
    return this.data.samples.texts !== null;
  }

  /** Row i of X as a picture. */
  sample(i: number, name = this.nameOf(i)): string {
    let place = this.#samplePlaces.get(i);
    if (place === undefined) {
      place = this.samples.add(row(this.data.samples.x, i, this.data.model.inputDim), this.sampleScale);
      this.#samplePlaces.set(i, place);
    }
    return this.samples.html(place, name);
  }

  /** An output as a picture, on the scale of the samples. */
  output(values: Numbers, name: string): string {
    return this.outputs.picture(values, name, this.sampleScale);
  }

  /** Unit j's row of W_dec as a picture; '' for a unit that is not drawn. */
  tile(j: number, name: string, opacity = 1): string {
    const place = this.#unitPlaces.get(j);
    if (place !== undefined) return this.decoder.html(place, name, { opacity });
    const further = this.#furtherPlaces.get(j);
    return further === undefined ? '' : this.furtherDecoder.html(further, name, { opacity });
  }

  /** Unit j's column of W_enc; only for those with a card, which lie at the same places. */
  encoderTile(j: number, name: string): string {
    return this.encoder.html(this.#unitPlaces.get(j) ?? 0, name);
  }

  /** "unit 12", with its name, leading to its tile where there is one. */
  link(j: number, picture = ''): string {
    const isDrawn = this.#unitPlaces.has(j) || this.#furtherPlaces.has(j);
    const text = `${picture}unit&nbsp;${j}${this.unitName(j, ', ')}`;
    return isDrawn ? `<a href="#unit-${j}">${text}</a>` : text;
  }

  /** What unit j is called, after what goes before it, escaped; '' where it has no name. */
  unitName(j: number, before: string): string {
    const name = this.data.model.names?.[j];
    return name ? escapeHtml(before + clip(name, 60)) : '';
  }

  target(i: number): Float64Array {
    const { targets, x } = this.data.samples;
    return row(targets ?? x, i, this.data.model.outputDim);
  }

  code(i: number): Float64Array {
    return row(this.data.samples.codes, i, this.data.model.hiddenDim);
  }

  className(i: number): string | null {
    const { labels } = this.data.samples;
    return labels === null ? null : this.data.classNames[labels[i]];
  }

  /** What a sample is called where its picture cannot be seen. */
  nameOf(i: number): string {
    const text = this.data.samples.texts?.[i];
    if (text !== undefined) return clip(text, 80);
    const name = this.className(i);
    return name === null ? `sample ${i}` : `sample ${i}, class ${name}`;
  }

  /** "active on 12% of the samples, mean activation 0.049, at most 3.2" */
  useOf(j: number): string {
    const { density, mean, greatest, dead } = this.statistics;
    if (dead.includes(j)) return `dead: active on no ${this.data.model.dead ? 'row' : 'sample'}`;
    if (density[j] === 0) return 'active on none of these samples, but on other rows';
    return `active on ${percent(density[j])} of the samples, mean activation ${short(mean[j])}, at most ${short(greatest[j])}`;
  }

  #isImage(numbers: number): boolean {
    const { image } = this.data;
    return image !== null && image.width * image.height === numbers;
  }

  #rowBrush(numbers: number): Brush {
    const { image } = this.data;
    return image && this.#isImage(numbers) ? greyBrush(image, ...this.range) : barBrush(numbers);
  }

  #weightBrush(numbers: number, steps?: number): Brush {
    const { image } = this.data;
    return image && this.#isImage(numbers) ? signedBrush(image, steps) : barBrush(numbers);
  }
}

/** Least and greatest value; 0 and 1 belong to it, so that pixels from 0 to 1 are shown as they are. */
function rangeOf(x: Numbers): [number, number] {
  let [low, high] = [0, 1];
  for (let k = 0; k < x.length; k++) {
    if (x[k] < low) low = x[k];
    if (x[k] > high) high = x[k];
  }
  return [low, high];
}
