import { initialize } from './initializers.js';
import { inferenceKernels } from './kernels/backend.js';
import type { FloatArray, Kernels, Matrix } from './kernels/kernels.js';
import { checkFinite, floats, readMatrix, type ShapedArray, type Where } from './matrix.js';
import type { ObjectiveSpec } from './objective.js';
import type { CompleteOptions } from './options.js';
import { type Parameters, parameterCount, viewParameters } from './parameters.js';
import { Random } from './random.js';
import { TrainingState } from './training-state.js';

/** A model as the mathematics sees it: its objective, its θ, its optimizer's memory. No ndarray. */
export class Model {
  readonly options: CompleteOptions;
  readonly spec: ObjectiveSpec;
  readonly state: TrainingState;
  /** Where θ is now: in `state`, or with the kernels while they train it. */
  θ: Parameters;

  constructor(options: CompleteOptions) {
    const { seed, dtype, initializer } = options;
    this.options = options;
    this.spec = options;
    this.state = TrainingState.create(dtype, parameterCount(options), Random.stream(seed, 'shuffle'));
    this.θ = viewParameters(this.state.theta, options);
    initialize(this.state.theta, options, initializer, Random.stream(seed, 'weights'));
  }

  /** The kernels for a synchronous call that has `rows` rows in their memory at a time. */
  kernels(rows: number): Kernels {
    const { inputDim, hiddenDim, outputDim } = this.spec;
    // θ, its gradient, and each row in every form that a pass may ask for: see Objective.
    const aRow = 6 * inputDim + 8 * hiddenDim + 5 * outputDim + 64;
    return inferenceKernels(this.options, 3 * this.state.theta.length + rows * aRow + 2 ** 16);
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

  /** n finite numbers: a list, a typed array, a vector with a shape, or a matrix of one row. */
  readVector(where: Where, input: unknown, n: number): FloatArray {
    const { data } = this.read(where, asRow(input), n);
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

/** A vector, seen as a matrix of one row. */
function asRow(value: unknown): unknown {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return [value];
  if (value === null || typeof value !== 'object' || !('shape' in value)) return value;
  const { data, shape, stride, offset } = value as ShapedArray;
  return shape?.length === 1 ? { data, shape: [1, shape[0]], stride: stride && [0, stride[0]], offset } : value;
}

function firstNonFinite(data: FloatArray): number {
  for (let i = 0; i < data.length; i++) if (data[i] - data[i] !== 0) return i;
  return -1;
}
