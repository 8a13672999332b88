import { modelOf, SparseAutoencoder } from '../core/sparse-autoencoder.js';
import type { FloatArray, Matrix } from '../kernels/kernels.js';
import { rowsOf } from '../numbers/matrix.js';
import { row, strongestSamples } from '../report/statistics.js';
import { penaltyKind } from '../sparsity/kinds.js';
import { rowBrush, weightBrush } from './brushes.js';
import type { Answers, CodeAnswer, ModelParts, Probe, Shape } from './messages.js';
import type { Samples } from './samples.js';

/** Samples that a model is judged by: of a run, and of a model by itself, whose report and units are measured on the same. */
const JUDGED = 512;
const MEASURED = 2000;
/** Those of them that are shown; and of how many, the loudest, it is said what a unit is about. */
const SHOWN = 12;
const SAID = 4;

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

/** The first so many samples, or as many as there are. */
export const firstOf = ({ x }: Samples, count = MEASURED): Matrix => rowsOf(x, 0, Math.min(count, x.rows));

/** What the model makes of the first samples. */
export function probe(sae: SparseAutoencoder, samples: Samples, byItself: boolean): Probe {
  const x = firstOf(samples, byItself ? MEASURED : JUDGED);
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

/** Of each unit, the words that it is loudest on. */
export function unitNames(sae: SparseAutoencoder, samples: Samples): string[] {
  const codes = sae.transform(firstOf(samples)).data;
  return Array.from({ length: sae.hiddenDim }, (_, j) => unitName(codes, sae.hiddenDim, j, samples));
}

/** The same of unit j of h. */
export const unitName = (codes: FloatArray, h: number, j: number, { texts }: Samples): string =>
  strongestSamples(codes, h, j, SAID)
    .map((i) => texts?.[i] ?? '')
    .join(', ');

/** A model of its own with the parameters and the memory of another, or with other parameters. */
export function copyOf(sae: SparseAutoencoder, theta = modelOf(sae).live.theta): SparseAutoencoder {
  const copy = new SparseAutoencoder(sae.options);
  const { state } = modelOf(copy);
  state.theta.set(theta);
  state.memory.copyFrom(modelOf(sae).memory);
  return copy;
}
