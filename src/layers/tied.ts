import type { Kernels, Matrix } from '../kernels/kernels.js';
import { denseRows } from '../kernels/rows.js';
import { transposeMatrix } from '../kernels/selected.js';
import type { Parameters, StoredParameters } from './parameters.js';

/** θ with W_enc written out, in the kernels' memory, where it is W_decᵀ. */
export function withEncoderWeight(k: Kernels, θ: StoredParameters): Parameters {
  const { encoderWeight, decoderWeight } = θ;
  if (encoderWeight) return { ...θ, encoderWeight };
  const transposed = denseRows(k, decoderWeight.cols, decoderWeight.rows);
  transposeMatrix(transposed, decoderWeight);
  return { ...θ, encoderWeight: transposed };
}

/**
 * W_enc = W_decᵀ, a parameter less: everything between sees two weights, and the chain rule joins their gradients.
 *
 *   W_enc = W_decᵀ   ⇒   dW_dec ← dW_dec + dW_encᵀ     h×d
 */
export class Tie {
  private readonly weight: Matrix;
  private readonly gradient: Matrix;

  /** Room for d × h twice, for a model that is tied. */
  constructor(k: Kernels, inputDim: number, hiddenDim: number) {
    this.weight = denseRows(k, inputDim, hiddenDim);
    this.gradient = denseRows(k, inputDim, hiddenDim);
  }

  /** θ with W_enc written out. */
  forward(θ: StoredParameters): Parameters {
    transposeMatrix(this.weight, θ.decoderWeight);
    return { ...θ, encoderWeight: this.weight };
  }

  /** dθ with a place for dW_enc. */
  open(dθ: StoredParameters): Parameters {
    return { ...dθ, encoderWeight: this.gradient };
  }

  /** dW_dec ← dW_dec + dW_encᵀ, when all else is done. */
  close(dθ: Parameters): void {
    transposeMatrix(dθ.decoderWeight, dθ.encoderWeight, true);
  }
}
