import type { Kernels, Matrix } from '../kernels/kernels.js';
import { ChunkBuffer, denseRows } from '../kernels/rows.js';
import { decodeAffine } from '../layers/decoder.js';
import { EncoderLayer } from '../layers/encoder.js';
import { reconstructionScale } from '../layers/reconstruction.js';
import { withEncoderWeight } from '../layers/tied.js';
import { rowsOf, type Where } from '../numbers/matrix.js';
import { codeKind, penaltyKind, terms } from '../sparsity/kinds.js';
import { columnSums, markActive } from '../sparsity/sums.js';
import { CHUNK, forEachChunk, type Trained } from './inference.js';
import { total } from './objective.js';

/** A model judged on a data set as one batch. */
export interface Assessment {
  /** J, and its terms R and S */
  loss: number;
  reconstruction: number;
  sparsity: number;
  /** Active (non-zero) units per row, on average. */
  l0: number;
  /** How many units are active on no row. */
  deadUnits: number;
  /** ρ̂, h entries: each unit's mean activation. */
  meanActivation: Float64Array;
  /** Σ(x̂ − t)² over all entries */
  squaredError: number;
}

/**
 * J over all rows of `x`, a chunk at a time; the sums that it is made of are kept in double precision across
 * chunks. θ is in the kernels' memory; `targets` is null where T = X.
 */
export function assess(where: Where, k: Kernels, model: Trained, x: Matrix, targets: Matrix | null): Assessment {
  const { spec, memory } = model;
  const { hiddenDim, outputDim } = spec;
  const meanActivation = new Float64Array(hiddenDim);
  const everActive = new Uint8Array(hiddenDim);
  let squaredError = 0;
  let active = 0;
  let sparsity = 0;
  let others: number[] = [];
  k.scoped(() => {
    const θ = withEncoderWeight(k, model.θ);
    const asked = terms.filter((term) => term.applies(spec));
    const capacity = Math.min(CHUNK, x.rows);
    const input = new ChunkBuffer(k, capacity, x.cols);
    const output = denseRows(k, capacity, outputDim);
    const goal = targets && new ChunkBuffer(k, capacity, outputDim);
    const encoder = new EncoderLayer(k, spec, 0, false);
    const code = codeKind(spec).layer({ k, spec, capacity, encoder, memory });
    const batchTerms = asked.flatMap(({ layer }) => layer?.({ k, spec, capacity, memory, sparseInput: false }) ?? []);
    const means = batchTerms.map(() => 0);
    const meter = penaltyKind(spec).meter(k, spec, x.rows);
    const sums = k.floats(hiddenDim);
    forEachChunk(where, k, x, input, (rows, from) => {
      const n = rows.rows;
      const y = rowsOf(output, 0, n);
      const t = (goal ?? input).dense(n);
      if (targets) t.data.set(rowsOf(targets, from, from + n).data);
      const made = code.forward(θ, rows, 'inference');
      decodeAffine(k, θ, made.rows, y);
      squaredError += k.outputLoss(y, null, t, spec.outputActivation, 1);
      active += made.active;
      meter.add(θ, made);
      columnSums(k, sums, made);
      for (let j = 0; j < hiddenDim; j++) meanActivation[j] += sums[j] / x.rows;
      markActive(everActive, made);
      for (const [i, term] of batchTerms.entries()) means[i] += (n / x.rows) * term.forward(θ, { x: rows, t, code: made, y });
    });
    sparsity = meter.value();
    others = [...asked.flatMap((term) => term.value?.(k, spec, θ) ?? []), ...means];
  });
  const reconstruction = squaredError * reconstructionScale[spec.reconstruction](x.rows, outputDim);
  return {
    loss: total([reconstruction, spec.beta * sparsity, ...others]),
    reconstruction,
    sparsity,
    l0: active / x.rows,
    deadUnits: everActive.reduce((dead, seen) => dead - seen, hiddenDim),
    meanActivation,
    squaredError,
  };
}

/** 1 − Σ(t − x̂)²/Σ(t − t̄)², t̄ the mean of each column; where T does not vary, 1 if it is met, else 0. */
export function explainedVariance(squaredError: number, { data, rows, cols }: Matrix): number {
  const mean = new Float64Array(cols);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++, at++) mean[j] += data[at];
  for (let j = 0; j < cols; j++) mean[j] /= rows;
  let variation = 0;
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++, at++) variation += (data[at] - mean[j]) ** 2;
  if (variation === 0) return squaredError === 0 ? 1 : 0;
  return 1 - squaredError / variation;
}
