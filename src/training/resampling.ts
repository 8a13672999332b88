import { isSparse, type Kernels, type Matrix, type Rows } from '../kernels/kernels.js';
import { denseRows } from '../kernels/rows.js';
import { decodeAffine } from '../layers/decoder.js';
import { EncoderLayer } from '../layers/encoder.js';
import { type Layout, type Parameters, partsOf, type StoredParameters } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import { withEncoderWeight } from '../layers/tied.js';
import { rowsOf } from '../numbers/matrix.js';
import type { Random } from '../numbers/random.js';
import type { Code, CodeLayer } from '../sparsity/kind.js';
import { codeKind } from '../sparsity/kinds.js';
import { Activity } from './activity.js';
import { type DataSet, identityOrder } from './batches.js';
import type { TrainingState } from './training-state.js';

/**
 * Gives dead units a new start where the model does badly (Bricken et al. 2023, "Towards Monosemanticity", appendix
 * on neuron resampling). Whenever another `every` steps of the model's training are done, up to step `until`:
 *
 * 1. Dead is a unit that was active on no row of the last `window` steps.
 * 2. L_i = ‖x̂_i − t_i‖² of so many `rows` of X, drawn without replacement.
 * 3. For each dead unit one of them is drawn, row i with probability L_i²/ΣL². The unit's row of W_dec becomes
 *    t_i − b_dec, made as long as those of living units are on average; its column of W_enc becomes x_i, made 0.2
 *    times as long as theirs; its bias, and any other number that it has, is set to where it started.
 *    Tied weights have the row alone.
 * 4. Adam's moments of all that was written become 0.
 *
 * In the paper rows of W_dec have length 1, the code is relu, the encoder sees x − b_dec, and every, window, until
 * and rows are 25,000, 12,500, 100,000 and 819,200.
 */
export interface Resampling {
  every: number;
  /** Default: half of `every`. */
  window?: number;
  /** Default: no end. */
  until?: number;
  /** Default 8192, or all there are. */
  rows?: number;
}

/** Of a new column of W_enc, next to those of living units. */
const ENCODER_SHARE = 0.2;

/** What is trained, and on what. */
export interface Workplace {
  readonly k: Kernels;
  readonly spec: ObjectiveSpec;
  readonly layout: Layout;
  readonly capacity: number;
  readonly state: TrainingState;
  readonly θ: StoredParameters;
  readonly x: DataSet;
  readonly targets: DataSet | null;
}

export class Resampler {
  private readonly at: Workplace;
  private readonly options: Required<Resampling>;
  /** Steps since each unit was last active. */
  private readonly silence: Float64Array;
  private readonly activity: Activity;
  private readonly code: CodeLayer;
  private readonly y: Matrix;
  private readonly x: Matrix;
  private readonly t: Matrix;

  constructor(at: Workplace, { every, window = Math.ceil(every / 2), until = Infinity, rows = 8192 }: Resampling) {
    const { k, spec, capacity, state, x } = at;
    this.at = at;
    this.options = { every, window, until, rows: Math.min(rows, x.rows) };
    this.silence = state.memory.keep('silence', new Float64Array(spec.hiddenDim));
    this.activity = new Activity(spec.hiddenDim);
    this.code = codeKind(spec).layer({
      k,
      spec,
      capacity,
      encoder: new EncoderLayer(k, spec, 0, x.sparse),
      memory: state.memory,
    });
    this.y = denseRows(k, capacity, spec.outputDim);
    this.x = denseRows(k, capacity, spec.inputDim);
    this.t = denseRows(k, capacity, spec.outputDim);
  }

  /** After a step on a batch whose code was this. Says how many units it has given a new start. */
  afterStep(code: Code): number {
    const { every, window, until } = this.options;
    const { silence, activity, at } = this;
    activity.reset();
    activity.add(code);
    for (let j = 0; j < silence.length; j++) silence[j] = activity.has(j) ? 0 : silence[j] + 1;
    if (at.state.step % every !== 0 || at.state.step > until) return 0;
    const dead = Array.from(silence.keys()).filter((j) => silence[j] >= window);
    if (dead.length > 0) this.restart(dead);
    return dead.length;
  }

  private restart(dead: readonly number[]): void {
    const { state, θ, x } = this.at;
    const random = state.memory.stream('resampling');
    const candidates = sample(x.rows, this.options.rows, random);
    const pick = drawer(this.losses(candidates).map((loss) => loss * loss));
    const alive = this.silence.map((steps) => (steps < this.options.window ? 1 : 0));
    const { encoderWeight, decoderWeight } = θ;
    const encoderLength = encoderWeight ? ENCODER_SHARE * meanOver(alive, (j) => lengthOf(columnOf(encoderWeight, j))) : 0;
    const decoderLength = meanOver(alive, (j) => lengthOf(rowOf(decoderWeight, j)));
    for (const unit of dead) {
      const at = pick(random.uniform());
      const { x: input, t } = this.stage(candidates, at, at + 1);
      const direction = t.data.map((value, q) => value - θ.decoderBias[q]);
      this.rewrite(unit, scaled(input.data, encoderLength), scaled(direction, decoderLength));
      this.silence[unit] = 0;
    }
  }

  /** L of the rows of `order`. */
  private losses(order: Int32Array): Float64Array {
    return this.at.k.scoped(() => this.lossesBy(withEncoderWeight(this.at.k, this.at.θ), order));
  }

  private lossesBy(θ: Parameters, order: Int32Array): Float64Array {
    const { k, spec, capacity } = this.at;
    const losses = new Float64Array(order.length);
    for (let from = 0; from < order.length; from += capacity) {
      const to = Math.min(from + capacity, order.length);
      const y = rowsOf(this.y, 0, to - from);
      const t = this.stage(order, from, to).t;
      decodeAffine(k, θ, this.code.forward(θ, this.at.x.batch(order, from, to), 'inference').rows, y);
      k.activate(y, spec.outputActivation);
      for (let i = 0, at = 0; i < y.rows; i++)
        for (let q = 0; q < y.cols; q++, at++) losses[from + i] += (y.data[at] - t.data[at]) ** 2;
    }
    return losses;
  }

  /** Rows order[from … to−1] of X and T, zeros and all. */
  private stage(order: Int32Array, from: number, to: number): { x: Matrix; t: Matrix } {
    const { x, targets } = this.at;
    const input = dense(rowsOf(this.x, 0, to - from), x.batch(order, from, to));
    return { x: input, t: targets ? dense(rowsOf(this.t, 0, to - from), targets.batch(order, from, to)) : input };
  }

  /** Writes what belongs to a unit, in θ and, as 0, in Adam's moments. */
  private rewrite(unit: number, encoderColumn: readonly number[], decoderRow: readonly number[]): void {
    const { layout, state, spec } = this.at;
    const [theta, m, v] = [state.theta, state.m, state.v].map((all) => partsOf(all, layout));
    for (const { name, shape, start } of layout) {
      const write = (index: number, value: number) => {
        (theta.get(name) as Matrix).data[index] = value;
        for (const moment of [m, v]) (moment.get(name) as Matrix).data[index] = 0;
      };
      if (name === 'encoderWeight') encoderColumn.forEach((value, p) => void write(p * shape[1] + unit, value));
      else if (name === 'decoderWeight') decoderRow.forEach((value, q) => void write(unit * shape[1] + q, value));
      else if (name !== 'decoderBias' && shape.length === 1 && shape[0] === spec.hiddenDim && start !== 'drawn')
        write(unit, start);
    }
  }
}

/** `count` of 0 … n−1, each at most once. */
export function sample(n: number, count: number, random: Random): Int32Array {
  const order = identityOrder(n);
  random.shuffle(order);
  return order.subarray(0, count);
}

/** From u of U[0, 1) to an index, drawn with probability weight_i/Σ weight; evenly, where all weights are 0. */
export function drawer(weights: Float64Array): (u: number) => number {
  const sums = new Float64Array(weights.length);
  let total = 0;
  for (let i = 0; i < weights.length; i++) sums[i] = total += weights[i];
  return (u) => {
    if (!(total > 0)) return Math.floor(u * weights.length);
    let [low, high] = [0, weights.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] > u * total) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

const rowOf = ({ data, cols }: Matrix, i: number): ArrayLike<number> => data.subarray(i * cols, (i + 1) * cols);
const columnOf = ({ data, rows, cols }: Matrix, j: number): ArrayLike<number> =>
  Float64Array.from({ length: rows }, (_, i) => data[i * cols + j]);

function lengthOf(vector: ArrayLike<number>): number {
  let square = 0;
  for (let i = 0; i < vector.length; i++) square += vector[i] ** 2;
  return Math.sqrt(square);
}

/** `vector` made so long; a vector of zeros stays one. */
function scaled(vector: ArrayLike<number>, length: number): number[] {
  const factor = length / (lengthOf(vector) || 1);
  return Array.from(vector, (value) => factor * value);
}

/** The mean of value(j) over the j that count; 1 if none does. */
function meanOver(counts: ArrayLike<number>, value: (j: number) => number): number {
  let [sum, n] = [0, 0];
  for (let j = 0; j < counts.length; j++) {
    if (!counts[j]) continue;
    sum += value(j);
    n++;
  }
  return n === 0 ? 1 : sum / n;
}

/** `rows` with its zeros written out, in `out` or where it is. */
function dense(out: Matrix, rows: Rows): Matrix {
  if (!isSparse(rows)) {
    out.data.set(rows.data);
    return out;
  }
  out.data.fill(0);
  for (let i = 0; i < rows.rows; i++)
    for (let k = rows.start[i]; k < rows.end[i]; k++) out.data[i * out.cols + rows.index[k]] = rows.value[k];
  return out;
}
