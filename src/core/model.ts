import { inferenceKernels, scratchKernels } from '../kernels/backend.js';
import type { FloatArray, Kernels, Matrix } from '../kernels/kernels.js';
import { transposeMatrix } from '../kernels/selected.js';
import { initialize } from '../layers/initializers.js';
import { type Layout, parameterCount, type StoredParameters, viewStored } from '../layers/parameters.js';
import type { Names } from '../meaning/names.js';
import { CHUNK, type Trained } from '../model/chunks.js';
import { layoutOf, newMemory, parametersOf } from '../model/layout.js';
import { refuse, show, suggestion } from '../numbers/checks.js';
import { firstNonFinite, floats, placeOf, requireFinite, type Where } from '../numbers/matrix.js';
import { type MatrixLike, readMatrix, readRowOrMatrix, readVector } from '../numbers/matrix-like.js';
import { Preparation, prepares, unlearned } from '../numbers/preparation.js';
import { Random } from '../numbers/random.js';
import { codeKind, modifiers, terms } from '../sparsity/kinds.js';
import type { Memory } from '../sparsity/memory.js';
import { STEERING_START } from '../training/steering.js';
import { TrainingState } from '../training/training-state.js';
import type { CompleteOptions } from './options.js';

const PREPARATION = 'preparation.';

/** What preparing X learns, as a model remembers it. */
const toLearn = ({ preparation, inputDim }: CompleteOptions): Record<string, number[]> =>
  Object.fromEntries(Object.entries(unlearned(preparation, inputDim)).map(([name, start]) => [PREPARATION + name, start]));

/** A vector or a matrix to copy in: as MatrixLike, or a list of numbers. */
export type ParameterValues = MatrixLike | ArrayLike<number>;

/** As many as a typed array holds in every engine. */
const MOST_PARAMETERS = 2 ** 31 - 1;

/** A parameter by name, row-major. */
export interface NamedValues {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: FloatArray;
}

/** aᵀ, written out. */
export function transposed({ data, rows, cols }: Matrix): Matrix {
  const copy = { data: data.slice(), rows: cols, cols: rows };
  transposeMatrix(copy, { data, rows, cols });
  return copy;
}

/** A tied model's W_enc given by itself is W_dec given transposed; given beside W_dec, it must be that. */
function joinTied(read: NamedValues[]): NamedValues[] {
  const encoder = read.find(({ name }) => name === 'encoderWeight');
  if (!encoder) return read;
  const { data } = transposed({ data: encoder.data, rows: encoder.shape[0], cols: encoder.shape[1] });
  const decoder = read.find(({ name }) => name === 'decoderWeight');
  const at = decoder ? data.findIndex((value, p) => value !== decoder.data[p]) : -1;
  if (at >= 0) {
    const [row, col] = [at % encoder.shape[0], Math.floor(at / encoder.shape[0])];
    throw new RangeError(
      `setParameters: encoderWeight[${row}, ${col}] is ${data[at]}, expected ${decoder?.data[at]}, as decoderWeight[${col}, ${row}]: they are tied`,
    );
  }
  const rest = read.filter(({ name }) => name !== 'encoderWeight' && name !== 'decoderWeight');
  return [{ name: 'decoderWeight', shape: [encoder.shape[1], encoder.shape[0]], data }, ...rest];
}

/** A model as the mathematics sees it: its objective, its θ, its optimizer's memory. */
export class Model implements Trained {
  readonly spec: CompleteOptions;
  /** θ as it is stored. */
  readonly layout: Layout;
  /** The parameters that the model is known by: those of `layout`, and W_enc where that is W_decᵀ. */
  readonly known: Layout;
  readonly state: TrainingState;
  /** `state`, or the copy that the kernels are training. */
  #live: TrainingState;
  /** What each unit is called; null where it has no name. */
  names: Names;
  /** Called with θ whenever it has moved from one of them to the other. */
  readonly onMoved: ((theta: FloatArray) => void)[] = [];

  /** A new model; with `blank`, one whose θ is all zeros, to be filled. */
  constructor(options: CompleteOptions, blank = false) {
    const { seed, dtype, initializer, targetL0 } = options;
    const layout = layoutOf(options);
    const count = parameterCount(layout);
    if (count > MOST_PARAMETERS) {
      throw new RangeError(`SparseAutoencoder: these sizes make ${count} parameters, expected at most ${MOST_PARAMETERS}`);
    }
    this.spec = options;
    this.layout = layout;
    this.known = parametersOf(options);
    this.names = Array(options.hiddenDim).fill(null);
    this.state = TrainingState.create(
      dtype,
      count,
      newMemory(options, seed, { ...toLearn(options), ...(targetL0 !== undefined && { steering: STEERING_START }) }),
    );
    this.#live = this.state;
    if (blank) return;
    initialize(this.state.theta, layout, initializer, Random.stream(seed, 'weights'));
    for (const modifier of modifiers) if (modifier.applies(options)) modifier.start?.(this.θ);
  }

  get θ(): StoredParameters {
    return viewStored(this.#live.theta, this.layout);
  }
  get memory(): Memory {
    return this.#live.memory;
  }
  /** What `fit` is training, while it runs; what it has left, otherwise. */
  get live(): TrainingState {
    return this.#live;
  }
  set live(state: TrainingState) {
    this.#live = state;
    for (const follow of this.onMoved) follow(state.theta);
  }

  /** The kernels for a synchronous call that has `rows` rows in their memory at a time. */
  kernels(rows: number): Kernels {
    return scratchKernels(this.spec, this.#elements(rows));
  }

  /** The kernels for a synchronous call that goes through `x` a chunk at a time, with room for `more` beside what all take. */
  inferenceKernels(numbers: number, more = 0): Kernels {
    return inferenceKernels(this.spec, this.#elements(CHUNK) + more, numbers);
  }

  /**
   * θ, its gradient, and each row in every form that a pass may ask for: see Objective. Weights may be wanted transposed,
   * and a term of the batch may have a pass of its own.
   */
  #elements(rows: number): number {
    const { inputDim, hiddenDim, outputDim, tied, prefixes = [] } = this.spec;
    const aRow = 8 * inputDim + 18 * hiddenDim + (7 + 2 * prefixes.length) * outputDim + 64;
    const transposes = tied === true || codeKind(this.spec).entries ? 3 * inputDim * hiddenDim : 0;
    const passes = 1 + terms.filter((term) => term.layer && term.applies(this.spec)).length;
    return passes * (3 * this.state.theta.length + transposes + rows * aRow) + 2 ** 16;
  }

  /**
   * Whether T = X: rows come out as wide as they go in, and the last `fit` was given no targets. What preparation does to X it then
   * does to T, and is undone in X̂; targets are as they came, and so is what comes out.
   */
  get isAutoencoder(): boolean {
    return this.spec.outputDim === this.spec.inputDim && !this.memory.values.targets?.[0];
  }

  /** That T = X, without which `what` is not to be had. */
  requireAutoencoder(what: string, why: string): void {
    if (this.isAutoencoder) return;
    const { inputDim, outputDim } = this.spec;
    const got =
      outputDim === inputDim
        ? 'the model was fitted with targets, expected none'
        : `outputDim is ${outputDim}, expected inputDim ${inputDim}`;
    throw new RangeError(`${what}: ${got}: ${why}`);
  }

  /** What X goes through before the encoder sees it; null if nothing. */
  get preparation(): Preparation | null {
    const { preparation } = this.spec;
    if (!prepares(preparation)) return null;
    const learned = Object.entries(this.memory.values)
      .filter(([name]) => name.startsWith(PREPARATION))
      .map(([name, values]) => [name.slice(PREPARATION.length), values]);
    return new Preparation(preparation, Object.fromEntries(learned));
  }

  /** X as the encoder sees it: `x` itself where nothing is done to it, else a prepared copy. Its entries are finite. */
  prepare(x: Matrix): Matrix {
    return this.preparation?.apply(x) ?? x;
  }

  /** The same of what is still to be looked at: where nothing is done to it, the kernels do as they go through it. */
  prepareUnseen(where: Where, x: Matrix): Matrix {
    if (this.preparation) requireFinite(where, x);
    return this.prepare(x);
  }

  /** What came out, in the units of T: of X, where that is T. `x` is what it came of, if that is known. */
  unprepare(xHat: Matrix, x: Matrix | null): void {
    if (this.isAutoencoder) this.preparation?.undo(xHat, x);
  }

  blank(rows: number, cols: number): Matrix {
    return { data: floats(this.spec.dtype, rows * cols), rows, cols };
  }

  /** A matrix from the caller, `cols` wide. */
  read(where: Where, input: unknown, cols: number): Matrix {
    return readMatrix(where, input, cols, this.spec.dtype);
  }

  /** The same, or one row by itself. */
  readRows(where: Where, input: unknown, cols: number): Matrix {
    return readRowOrMatrix(where, input, cols, this.spec.dtype);
  }

  /** A matrix, every entry finite. */
  readFinite(where: Where, input: unknown, cols: number): Matrix {
    const matrix = this.read(where, input, cols);
    requireFinite(where, matrix);
    return matrix;
  }

  /** n finite numbers: a list, a typed array, or a vector with a shape. */
  readVector(where: Where, input: unknown, n: number): FloatArray {
    const data = readVector(where, input, n, this.spec.dtype);
    const at = firstNonFinite(data);
    if (at >= 0) refuse(`${where}[${at}]`, data[at], 'a finite number');
    return data;
  }

  /** Copies of the parameters that the caller gives by name, each of its own shape and finite. */
  readParameters(values: unknown): NamedValues[] {
    const names = this.known.map(({ name }) => name);
    if (values === null || typeof values !== 'object' || Array.isArray(values)) {
      throw new TypeError(`setParameters: got ${show(values)}, expected { ${names.join(', ')} }`);
    }
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    const read = given.map(([name, value]) => {
      const part = this.known.find((candidate) => candidate.name === name);
      if (!part) throw new RangeError(`setParameters: unknown parameter ${show(name)}${suggestion(name, names)}`);
      return { name, shape: part.shape, data: this.#readParameter(`setParameters: ${name}`, value, part.shape) };
    });
    return this.spec.tied === true ? joinTied(read) : read;
  }

  #readParameter(where: Where, value: unknown, shape: readonly number[]): FloatArray {
    if (shape.length === 1) return this.readVector(where, value, shape[0]).slice();
    const [rows, cols] = shape;
    const matrix = this.readFinite(where, value, cols);
    if (matrix.rows !== rows) throw new RangeError(`${where} has ${matrix.rows} rows, expected ${rows}`);
    return matrix.data.slice();
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
    this.requireTarget(where, matrix);
    return matrix;
  }

  /** ε for so many rows; undefined where none is given. */
  readNoise(where: Where, noise: unknown, rows: number): Matrix | undefined {
    if (noise === undefined) return undefined;
    const { hiddenActivation, hiddenDim } = this.spec;
    if (!codeKind(this.spec).random)
      throw new RangeError(`${where}: got ${show(noise)}, expected none with hiddenActivation "${hiddenActivation}"`);
    const matrix = this.readFinite(where, noise, hiddenDim);
    if (matrix.rows !== rows) throw new RangeError(`${where} has ${matrix.rows} rows, expected ${rows}, as X`);
    return matrix;
  }

  /** That `t` can be T: what is compared with a probability must be one. X, where T = X, is told here once it is prepared. */
  requireTarget(where: Where, matrix: Matrix): void {
    if (this.spec.reconstruction !== 'bce') return;
    const at = matrix.data.findIndex((t: number) => t < 0 || t > 1);
    if (at >= 0) refuse(placeOf(where, matrix, at), matrix.data[at], 'a number from 0 to 1 with reconstruction "bce"');
  }
}
