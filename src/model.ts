import { CHUNK } from './inference.js';
import { initialize } from './initializers.js';
import { inferenceKernels, scratchKernels } from './kernels/backend.js';
import type { FloatArray, Kernels, Matrix } from './kernels/kernels.js';
import { checkFinite, firstNonFinite, floats, readMatrix, type ShapedArray, show, type Where } from './matrix.js';
import type { ObjectiveSpec } from './objective.js';
import type { CompleteOptions } from './options.js';
import { type Parameters, parameterCount, viewParameters } from './parameters.js';
import { Random } from './random.js';
import { TrainingState } from './training-state.js';

/** As many as a typed array holds in every engine. */
const MOST_PARAMETERS = 2 ** 31 - 1;

/** A model as the mathematics sees it: its objective, its θ, its optimizer's memory. No ndarray. */
export class Model {
  readonly options: CompleteOptions;
  readonly spec: ObjectiveSpec;
  readonly state: TrainingState;
  /** Where θ is now: in `state`, or with the kernels while they train it. */
  θ: Parameters;

  constructor(options: CompleteOptions) {
    const { seed, dtype, initializer } = options;
    const count = parameterCount(options);
    if (count > MOST_PARAMETERS) {
      throw new RangeError(`SparseAutoencoder: these sizes make ${count} parameters, expected at most ${MOST_PARAMETERS}`);
    }
    this.options = options;
    this.spec = options;
    this.state = TrainingState.create(dtype, count, Random.stream(seed, 'shuffle'));
    this.θ = viewParameters(this.state.theta, options);
    initialize(this.state.theta, options, initializer, Random.stream(seed, 'weights'));
  }

  /** The kernels for a synchronous call that has `rows` rows in their memory at a time. */
  kernels(rows: number): Kernels {
    return scratchKernels(this.options, this.#elements(rows));
  }

  /** The kernels for a synchronous call that goes through `x` a chunk at a time. */
  inferenceKernels(x: Matrix): Kernels {
    return inferenceKernels(this.options, this.#elements(CHUNK), x.data.length);
  }

  /** θ, its gradient, and each row in every form that a pass may ask for: see Objective. */
  #elements(rows: number): number {
    const { inputDim, hiddenDim, outputDim } = this.spec;
    const aRow = 6 * inputDim + 8 * hiddenDim + 5 * outputDim + 64;
    return 3 * this.state.theta.length + rows * aRow + 2 ** 16;
  }

  blank(rows: number, cols: number): Matrix {
    return { data: floats(this.options.dtype, rows * cols), rows, cols };
  }

  /** A matrix from the caller, `cols` wide. */
  read(where: Where, input: unknown, cols: number): Matrix {
    return readMatrix(where, input, cols, this.options.dtype);
  }

  /** The same, every entry finite. */
  readFinite(where: Where, input: unknown, cols: number): Matrix {
    const matrix = this.read(where, input, cols);
    const at = firstNonFinite(matrix.data);
    checkFinite(where, matrix, at, matrix.data[at]);
    return matrix;
  }

  /** n finite numbers: a list, a typed array, or a vector with a shape. */
  readVector(where: Where, input: unknown, n: number): FloatArray {
    const { data } = readMatrix(where, [listOf(where, input, n)], n, this.options.dtype);
    const at = firstNonFinite(data);
    if (at >= 0) throw new RangeError(`${where}[${at}] is ${data[at]}, expected a finite number`);
    return data;
  }

  /** T for `rows` rows of X; null where T = X. */
  readTargets(where: Where, targets: unknown, rows: number): Matrix | null {
    const { inputDim, outputDim } = this.spec;
    if (targets === undefined) {
      if (inputDim === outputDim) return null;
      throw new RangeError(
        `${where} is missing, expected ${rows} rows of ${outputDim} (outputDim ${outputDim} is not inputDim ${inputDim})`,
      );
    }
    const matrix = this.readFinite(where, targets, outputDim);
    if (matrix.rows !== rows) throw new RangeError(`${where} has ${matrix.rows} rows, expected ${rows}, as X`);
    return matrix;
  }
}

/** The entries of a vector in any of its forms. */
function listOf(where: Where, input: unknown, n: number): ArrayLike<number> {
  let list = input as ArrayLike<number>;
  if (input !== null && typeof input === 'object' && 'shape' in input && 'data' in input) {
    const { data, shape, stride, offset = 0 } = input as ShapedArray;
    const length = shape?.[shape.length - 1];
    const isVector = shape?.length === 1 || (shape?.length === 2 && shape[0] === 1);
    if (!isVector) throw new RangeError(`${where}.shape is ${show(shape)}, expected [${n}]`);
    const step = stride?.[stride.length - 1] ?? 1;
    list = Array.from({ length }, (_, k) => data[offset + k * step]);
  }
  if (!Array.isArray(list) && !ArrayBuffer.isView(list)) {
    throw new TypeError(`${where} is ${show(input)}, expected a list of ${n} numbers`);
  }
  if (list.length !== n) throw new RangeError(`${where} has ${list.length} entries, expected ${n}`);
  const odd = Array.from(list).findIndex((value) => typeof value !== 'number');
  if (odd >= 0) throw new TypeError(`${where}[${odd}] is ${show(list[odd])}, expected a number`);
  return list;
}
