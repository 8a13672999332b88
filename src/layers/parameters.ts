import type { FloatArray, Matrix } from '../kernels/kernels.js';
import type { Dimensions } from './spec.js';

/** A part of θ. */
export interface ParameterSpec {
  readonly name: string;
  /** [rows, columns] of a weight, [n] of a vector. */
  readonly shape: readonly number[];
  /** Drawn by the initializer, or this number throughout. */
  readonly start: 'drawn' | number;
  /** What a model file calls it: SAELens's name, where it has one. */
  readonly tensor: string;
  /** Whether its gradient is a straight-through estimate, which no difference of J tells. */
  readonly straightThrough?: boolean;
}

/** θ from beginning to end. */
export type Layout = readonly ParameterSpec[];

/** What every model has: W_enc d × h, b_enc h, W_dec h × d′, b_dec d′. */
export function commonParameters({ inputDim: d, hiddenDim: h, outputDim }: Dimensions): Layout {
  return [
    { name: 'encoderWeight', shape: [d, h], start: 'drawn', tensor: 'W_enc' },
    { name: 'encoderBias', shape: [h], start: 0, tensor: 'b_enc' },
    { name: 'decoderWeight', shape: [h, outputDim], start: 'drawn', tensor: 'W_dec' },
    { name: 'decoderBias', shape: [outputDim], start: 0, tensor: 'b_dec' },
  ];
}

export const sizeOf = ({ shape }: ParameterSpec): number => shape.reduce((a, b) => a * b);

/** How many numbers θ holds. */
export const parameterCount = (layout: Layout): number => layout.reduce((sum, part) => sum + sizeOf(part), 0);

/** θ, or anything of its form (∇J, the moments), seen as its parts. */
export interface Parameters {
  readonly encoderWeight: Matrix;
  readonly encoderBias: FloatArray;
  readonly decoderWeight: Matrix;
  readonly decoderBias: FloatArray;
  /** What the kind of code adds, by name. */
  readonly own: Readonly<Record<string, FloatArray>>;
}

/** Each part of θ as a matrix on its memory, a vector as one row. */
export function partsOf(theta: FloatArray, layout: Layout): Map<string, Matrix> {
  const parts = new Map<string, Matrix>();
  let at = 0;
  for (const part of layout) {
    const [rows, cols] = part.shape.length === 2 ? part.shape : [1, part.shape[0]];
    parts.set(part.name, { data: theta.subarray(at, at + rows * cols), rows, cols });
    at += rows * cols;
  }
  return parts;
}

/** θ as it is stored: without W_enc where that is W_decᵀ. See tied.ts. */
export interface StoredParameters extends Omit<Parameters, 'encoderWeight'> {
  readonly encoderWeight: Matrix | null;
}

/** The parts of θ for the mathematics. Copies nothing. */
export function viewStored(theta: FloatArray, layout: Layout): StoredParameters {
  const { encoderWeight = null, encoderBias, decoderWeight, decoderBias, ...rest } = Object.fromEntries(partsOf(theta, layout));
  const own = Object.fromEntries(Object.entries(rest).map(([name, { data }]) => [name, data]));
  return { encoderWeight, encoderBias: encoderBias.data, decoderWeight, decoderBias: decoderBias.data, own };
}

/** The same of a layout that has them all. */
export function viewParameters(theta: FloatArray, layout: Layout): Parameters {
  const { encoderWeight, ...rest } = viewStored(theta, layout);
  if (!encoderWeight) throw new RangeError('viewParameters: a tied layout has no encoderWeight of its own');
  return { ...rest, encoderWeight };
}
