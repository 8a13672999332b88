import { isSparse, type Kernels, type Matrix } from '../kernels/kernels.js';
import { ChunkBuffer } from '../kernels/rows.js';
import { EncoderLayer } from '../layers/encoder.js';
import { reconstructionScale } from '../layers/reconstruction.js';
import { withEncoderWeight } from '../layers/tied.js';
import { rowsOf, type Where } from '../numbers/matrix.js';
import type { Code } from '../sparsity/kind.js';
import { codeKind, penaltyKind, terms } from '../sparsity/kinds.js';
import { columnSums } from '../sparsity/sums.js';
import { CHUNK, forEachChunk, type Trained } from './chunks.js';
import { betaOf } from './layout.js';
import { createDecoder, total } from './objective.js';
import { addRowErrors, deadOf } from './quality.js';
import { Saturation } from './saturation.js';

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
  /** How many units are where their σ is flat: see saturation.ts. */
  saturatedUnits: number;
  /** ρ̂, h entries: each unit's mean activation. */
  meanActivation: Float64Array;
  /** The share of rows that each unit is active on, h entries. */
  density: Float64Array;
  /** Σ(x̂ − t)² of each row, in double precision. */
  rowErrors: Float64Array;
}

/**
 * J over all rows of `x`, a chunk at a time; the sums that it is made of are kept in double precision across
 * chunks. θ is in the kernels' memory; `targets` is null where T = X.
 */
export function assess(where: Where, k: Kernels, model: Trained, x: Matrix, targets: Matrix | null): Assessment {
  const { spec, memory } = model;
  const { hiddenDim, outputDim } = spec;
  const kind = codeKind(spec);
  const saturation = new Saturation(kind.derivatives, hiddenDim);
  const meanActivation = new Float64Array(hiddenDim);
  const density = new Float64Array(hiddenDim);
  const rowErrors = new Float64Array(x.rows);
  let error = 0;
  let errorOfGate = 0;
  let active = 0;
  let sparsity = 0;
  let others: number[] = [];
  k.scoped(() => {
    const θ = withEncoderWeight(k, model.θ);
    const asked = terms.filter((term) => term.applies(spec));
    const capacity = Math.min(CHUNK, x.rows);
    const input = new ChunkBuffer(k, capacity, x.cols);
    const goal = targets && new ChunkBuffer(k, capacity, outputDim);
    const encoder = new EncoderLayer(k, spec, 0, false);
    const code = kind.layer({ k, spec, capacity, encoder, memory });
    const decoder = createDecoder(k, spec, {
      capacity,
      sparseCode: kind.zeros,
      thenBack: false,
      keepY: asked.some(({ layer }) => layer),
    });
    const batchTerms = asked.flatMap(({ layer }) => layer?.({ k, spec, capacity, memory, sparseInput: false }) ?? []);
    const means = batchTerms.map(() => 0);
    const meter = penaltyKind(spec).meter(k, spec, x.rows);
    const sums = k.floats(hiddenDim);
    forEachChunk(where, k, x, input, (rows, from) => {
      const n = rows.rows;
      const t = (goal ?? input).dense(n);
      if (targets) t.data.set(rowsOf(targets, from, from + n).data);
      const made = code.forward(θ, rows, 'inference');
      error += decoder.forward(θ, made.rows, t, 1, false);
      const y = decoder.keptY(n);
      addRowErrors(rowErrors, from, decoder.xHat(n).data, t.data, outputDim);
      meter.add(θ, made);
      columnSums(k, sums, made);
      for (let j = 0; j < hiddenDim; j++) meanActivation[j] += sums[j] / x.rows;
      countActive(density, made);
      saturation.add(made.f);
      for (const [i, term] of batchTerms.entries())
        means[i] += (n / x.rows) * term.forward(θ, { x: rows, t, code: made, y: y as Matrix });
      if (made.gate) errorOfGate += decoder.forward(θ, made.gate.rows, t, 1, false);
    });
    sparsity = meter.value();
    others = [...asked.flatMap((term) => term.value?.(k, spec, θ) ?? []), ...means];
  });
  for (let j = 0; j < hiddenDim; j++) {
    active += density[j];
    density[j] /= x.rows;
  }
  const c = reconstructionScale[spec.reconstruction](x.rows, outputDim);
  const reconstruction = c * error;
  const quiet = kind.nonNegative && spec.penalty !== 'none' && betaOf(memory) > 0;
  return {
    loss: total([reconstruction, betaOf(memory) * sparsity, c * errorOfGate, ...others]),
    reconstruction,
    sparsity,
    l0: active / x.rows,
    deadUnits: deadOf(density).length,
    saturatedUnits: saturation.units(meanActivation, x.rows, quiet),
    meanActivation,
    density,
    rowErrors,
  };
}

/** Adds to each unit's count the rows it is active on. */
function countActive(counts: Float64Array, { rows }: Code): void {
  if (isSparse(rows)) {
    for (let i = 0; i < rows.rows; i++) for (let k = rows.start[i]; k < rows.end[i]; k++) counts[rows.index[k]]++;
    return;
  }
  const { data, cols } = rows;
  for (let i = 0, j = 0; i < data.length; i++) {
    if (data[i] !== 0) counts[j]++;
    if (++j === cols) j = 0;
  }
}
