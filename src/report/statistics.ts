import { norm } from '../numbers/matrix.js';
import type { Numbers, ReportData, ReportModel } from './report-data.js';

/** More classes than that are not told apart in charts. */
const MOST_CLASSES = 40;

export interface Classes {
  readonly names: readonly string[];
  /** A class number for each sample. */
  readonly of: Numbers;
}

/** The classes that charts tell apart; null where there are none, or too many to be seen. */
export function chartedClasses({ classNames: names, samples }: ReportData): Classes | null {
  return samples.labels === null || names.length > MOST_CLASSES ? null : { names, of: samples.labels };
}

/** What the codes of the samples say of each unit, and of each sample. */
export interface Statistics {
  /** n */
  readonly samples: number;
  /** Per unit: its mean activation ρ̂_j, its greatest activation, and the share of samples on which it is active (f ≠ 0). */
  readonly mean: Float64Array;
  readonly greatest: Float64Array;
  readonly density: Float64Array;
  /** Per unit: the standard deviation of its activation. */
  readonly deviation: Float64Array;
  /** Per sample: how many units are active. */
  readonly l0: Float64Array;
  /** classes × h, of those that are charted: each unit's mean activation over the samples of a class. */
  readonly classMeans: Float64Array;
  /** All units: those most often active first (ties: the louder, then the lower number), dead ones last. */
  readonly byUse: readonly number[];
  /** Units active on no sample; and those of them that are active on no other row either, as far as is known. */
  readonly silent: readonly number[];
  readonly dead: readonly number[];
}

export function statisticsOf(data: ReportData): Statistics {
  const { model, samples } = data;
  const { codes } = samples;
  const classes = chartedClasses(data);
  const h = model.hiddenDim;
  const n = codes.length / h;
  const per = () => new Float64Array(h);
  const [mean, greatest, density, squares] = [per(), per().fill(-Infinity), per(), per()];
  const l0 = new Float64Array(n);
  const classMeans = new Float64Array((classes?.names.length ?? 0) * h);
  const classSizes = new Float64Array(classes?.names.length ?? 0);
  for (let i = 0; i < n; i++) {
    const ofClass = classes ? classes.of[i] * h : -1;
    if (classes) classSizes[classes.of[i]]++;
    for (let j = 0; j < h; j++) {
      const f = codes[i * h + j];
      if (f > greatest[j]) greatest[j] = f;
      if (f === 0) continue;
      mean[j] += f / n;
      squares[j] += (f * f) / n;
      density[j] += 1 / n;
      l0[i]++;
      if (ofClass >= 0) classMeans[ofClass + j] += f;
    }
  }
  for (let k = 0; k < classMeans.length; k++) classMeans[k] /= Math.max(1, classSizes[Math.floor(k / h)]);
  const units = Array.from({ length: h }, (_, j) => j);
  const silent = units.filter((j) => density[j] === 0);
  const known = model.dead && new Set(model.dead);
  return {
    samples: n,
    mean,
    greatest,
    density,
    deviation: squares.map((square, j) => Math.sqrt(Math.max(0, square - mean[j] ** 2))),
    l0,
    classMeans,
    byUse: units.sort((a, b) => density[b] - density[a] || mean[b] - mean[a] || a - b),
    silent,
    dead: known ? silent.filter((j) => known.has(j)) : silent,
  };
}

/** The samples on which a unit is loudest, loudest first (ties: the earlier), as long as it is active: `most` at most. */
export function strongestSamples(codes: Numbers, h: number, unit: number, most: number): number[] {
  const found: number[] = [];
  const loudness = (i: number) => codes[i * h + unit];
  for (let i = 0; i * h < codes.length; i++) {
    const f = loudness(i);
    if (!(f > 0) || (found.length === most && !(f > loudness(found[most - 1])))) continue;
    let at = found.length;
    while (at > 0 && f > loudness(found[at - 1])) at--;
    found.splice(at, 0, i);
    if (found.length > most) found.pop();
  }
  return found;
}

/** One step of putting a sample together: a unit, how active it is, and the output once its part is in. */
export interface Step {
  readonly unit: number;
  /** f_ij */
  readonly activation: number;
  /** σ_o(b_dec + the parts f_ij·w_dec,j of this unit and of those before) */
  readonly soFar: Float64Array;
}

/**
 * X̂ of one code, unit by unit, the greatest part ‖f_ij·w_dec,j‖ first. `bias` is σ_o(b_dec); the last of
 * `steps`, which are all of the active units, is the reconstruction.
 */
export function buildUp(
  model: Pick<ReportModel, 'decoderWeight' | 'decoderBias' | 'outputDim' | 'output'>,
  code: Numbers,
): { bias: Float64Array; steps: Step[] } {
  const { decoderWeight: w, decoderBias, outputDim: d, output } = model;
  const y = Float64Array.from(decoderBias);
  const bias = y.map(output);
  const active = Array.from(code, (activation, unit) => ({
    unit,
    activation,
    size: Math.abs(activation) * norm(w, unit * d, d),
  }));
  const parts = active.filter(({ activation }) => activation !== 0).sort((a, b) => b.size - a.size || a.unit - b.unit);
  const steps = parts.map(({ unit, activation }) => {
    for (let p = 0; p < d; p++) y[p] += activation * w[unit * d + p];
    return { unit, activation, soFar: y.map(output) };
  });
  return { bias, steps };
}

/** Rows `from` … of a matrix, as numbers of their own. */
export function row(matrix: Numbers, i: number, cols: number): Float64Array {
  return Float64Array.from({ length: cols }, (_, k) => matrix[i * cols + k]);
}

export function column(matrix: Numbers, j: number, cols: number): Float64Array {
  return Float64Array.from({ length: matrix.length / cols }, (_, i) => matrix[i * cols + j]);
}

/** (1/d)·Σ(a − b)² */
export function meanSquaredError(a: Numbers, b: Numbers): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] - b[k]) ** 2;
  return sum / a.length;
}
