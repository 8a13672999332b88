import type { FloatArray, Matrix } from './kernels/kernels.js';

/** The sizes of a model: d, h and d′. */
export interface Dimensions {
  readonly inputDim: number;
  readonly hiddenDim: number;
  readonly outputDim: number;
}

export const parameterNames = ['encoderWeight', 'encoderBias', 'decoderWeight', 'decoderBias'] as const;
export type ParameterName = (typeof parameterNames)[number];

/** The shape of each parameter: W_enc d × h, b_enc h, W_dec h × d′, b_dec d′. */
export function parameterShapes(dims: Dimensions): Record<ParameterName, number[]> {
  const { inputDim: d, hiddenDim: h, outputDim } = dims;
  return { encoderWeight: [d, h], encoderBias: [h], decoderWeight: [h, outputDim], decoderBias: [outputDim] };
}

/** How many numbers θ holds. */
export function parameterCount(dims: Dimensions): number {
  return dims.hiddenDim * (dims.inputDim + dims.outputDim + 1) + dims.outputDim;
}

/** θ, or anything of its form (∇J, the moments), seen as its four parameters. */
export interface Parameters {
  readonly encoderWeight: Matrix;
  readonly encoderBias: FloatArray;
  readonly decoderWeight: Matrix;
  readonly decoderBias: FloatArray;
}

/** Views into one flat array, in the order W_enc, b_enc, W_dec, b_dec. Copies nothing. */
export function viewParameters(theta: FloatArray, dims: Dimensions): Parameters {
  const { inputDim: d, hiddenDim: h, outputDim } = dims;
  let at = 0;
  const take = (n: number) => {
    at += n;
    return theta.subarray(at - n, at);
  };
  return {
    encoderWeight: { data: take(d * h), rows: d, cols: h },
    encoderBias: take(h),
    decoderWeight: { data: take(h * outputDim), rows: h, cols: outputDim },
    decoderBias: take(outputDim),
  };
}
