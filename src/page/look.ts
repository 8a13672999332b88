import { modelOf, SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { elementwise } from '../kernels/elementwise.js';
import { rowsOf } from '../numbers/matrix.js';
import { column, row } from '../report/statistics.js';
import { penaltyKind } from '../sparsity/kinds.js';
import { rowBrush, weightBrush } from './brushes.js';
import type { Answers, CodeAnswer, ModelParts, Probe, Shape, UnitAnswer } from './messages.js';
import type { Samples } from './samples.js';
import { unitNames } from './words.js';

/** Samples that a model is judged by while it learns, and those of them that are shown. */
const JUDGED = 512;
const SHOWN = 12;
const BINS = 24;
const STRONGEST = 16;
const NEIGHBOURS = 6;

export const shapeOf = (sae: SparseAutoencoder, { image, range }: Samples): Shape => ({
  inputDim: sae.inputDim,
  hidden: sae.hiddenDim,
  image,
  range,
});

/** Every unit's row of W_dec as a picture, each on its own scale, end to end. */
export function tilesOf(sae: SparseAutoencoder, shape: Shape): Uint8Array {
  const brush = weightBrush(shape);
  const { data, rows, cols } = sae.parameters.decoderWeight;
  const size = brush.size.width * brush.size.height;
  const tiles = new Uint8Array(rows * size);
  for (let j = 0; j < rows; j++) tiles.set(brush.draw(data.subarray(j * cols, (j + 1) * cols)), j * size);
  return tiles;
}

/** What the model makes of the first samples. */
export function probe(sae: SparseAutoencoder, samples: Samples): Probe {
  const x = rowsOf(samples.x, 0, Math.min(JUDGED, samples.x.rows));
  const { meanActivation, density, l0, deadUnits, explainedVariance } = sae.evaluate(x);
  const shown = rowsOf(x, 0, Math.min(SHOWN, x.rows));
  const model = modelOf(sae);
  const originals = model.prepare(shown);
  const copies = model.prepare(sae.reconstruct(shown));
  const brush = rowBrush(shapeOf(sae, samples));
  const draw = (all: { data: ArrayLike<number>; cols: number }) => {
    const size = brush.size.width * brush.size.height;
    const pictures = new Uint8Array(shown.rows * size);
    for (let i = 0; i < shown.rows; i++) pictures.set(brush.draw(row(all.data, i, all.cols)), i * size);
    return pictures;
  };
  return {
    samples: x.rows,
    activity: Float32Array.from(meanActivation),
    density: Float32Array.from(density),
    rho: penaltyKind(sae.options).target?.(sae.options as never) ?? null,
    l0,
    dead: deadUnits,
    explained: explainedVariance,
    originals: draw(originals),
    copies: draw(copies),
    shown: shown.rows,
    names: samples.texts && unitNames(sae, samples),
  };
}

function partsOf(sae: SparseAutoencoder): ModelParts {
  const { decoderWeight, decoderBias } = sae.parameters;
  return {
    inputDim: sae.inputDim,
    hiddenDim: sae.hiddenDim,
    outputDim: sae.outputDim,
    decoderWeight: Float32Array.from(decoderWeight.data),
    decoderBias: Float32Array.from(decoderBias.data),
    outputActivation: sae.options.outputActivation,
  };
}

/** The code of one row, and what puts it together again. */
export function codeOf(sae: SparseAutoencoder, { x }: Answers['code']['ask']): CodeAnswer {
  const one = { data: x, rows: 1, cols: sae.inputDim };
  return {
    x: Float32Array.from(modelOf(sae).prepare(one).data),
    code: Float32Array.from(sae.transform(one).data),
    model: partsOf(sae),
  };
}

/** All that a unit's card shows, measured on the first 2,000 samples. */
export function unitOf(sae: SparseAutoencoder, samples: Samples, unit: number): UnitAnswer {
  const { hiddenDim: h, outputDim: d } = sae;
  const x = rowsOf(samples.x, 0, Math.min(2000, samples.x.rows));
  const prepared = modelOf(sae).prepare(x);
  const f = sae.transform(x).data;
  const { encoderWeight, encoderBias, decoderWeight, decoderBias } = sae.parameters;
  const decoder = Float32Array.from(row(decoderWeight.data, unit, d));
  const activations = column(f, unit, h);
  const greatest = activations.reduce((a, b) => Math.max(a, b), 0);
  const histogram = new Float64Array(BINS);
  for (const a of activations) if (a > 0) histogram[Math.min(BINS - 1, Math.floor((BINS * a) / greatest))]++;
  const output = elementwise[sae.options.outputActivation].value;
  const strongest = sae.topActivations(x, { unit, count: STRONGEST }).map(({ row: i, value }) => {
    const y = Float64Array.from(decoderBias.data);
    for (let j = 0; j < h; j++) {
      const a = f[i * h + j];
      if (a !== 0) for (let p = 0; p < d; p++) y[p] += a * decoderWeight.data[j * d + p];
    }
    return {
      row: i,
      activation: value,
      label: samples.labels?.[i] ?? null,
      x: Float32Array.from(row(prepared.data, i, sae.inputDim)),
      copy: Float32Array.from(y, output),
      without: Float32Array.from(y, (sum, p) => output(sum - value * decoder[p])),
    };
  });
  return {
    unit,
    decoder,
    encoder: Float32Array.from(column(encoderWeight.data, unit, h)),
    bias: encoderBias.data[unit],
    density: activations.reduce((n, a) => n + (a === 0 ? 0 : 1), 0) / x.rows,
    mean: activations.reduce((sum, a) => sum + a, 0) / x.rows,
    greatest,
    histogram,
    samples: x.rows,
    strongest,
    neighbours: neighboursOf(decoderWeight.data, h, d, unit),
  };
}

function neighboursOf(w: ArrayLike<number>, h: number, d: number, unit: number): UnitAnswer['neighbours'] {
  const dot = (a: number, b: number) => {
    let sum = 0;
    for (let p = 0; p < d; p++) sum += w[a * d + p] * w[b * d + p];
    return sum;
  };
  const length = (j: number) => Math.sqrt(dot(j, j));
  const all = Array.from({ length: h }, (_, j) => ({ unit: j, cosine: dot(unit, j) / (length(unit) * length(j)) || 0 }));
  return all
    .filter((other) => other.unit !== unit)
    .sort((a, b) => b.cosine - a.cosine || a.unit - b.unit)
    .slice(0, NEIGHBOURS)
    .map((other) => ({ ...other, decoder: Float32Array.from(row(w, other.unit, d)) }));
}

/** A model of its own with the parameters and the memory of another, or with other parameters. */
export function copyOf(sae: SparseAutoencoder, theta = modelOf(sae).live.theta): SparseAutoencoder {
  const copy = new SparseAutoencoder(sae.options);
  const { state } = modelOf(copy);
  state.theta.set(theta);
  state.memory.copyFrom(modelOf(sae).memory);
  return copy;
}
