import { decodeAffine, decodeBackward } from './decoder.js';
import { encode, encodeBackward } from './encoder.js';
import type { Activation, FloatArray, Kernels, Matrix, Rows, SparseRows } from './kernels/kernels.js';
import { rowsOf } from './matrix.js';
import { type Dimensions, type Parameters, viewParameters } from './parameters.js';
import { type Reconstruction, reconstructionScale } from './reconstruction.js';
import { denseRows, sparseRows } from './rows.js';
import { klPenalty, klPull, l1Pull, type Penalty } from './sparsity.js';

/** What J is made of, apart from θ and the data. */
export interface ObjectiveSpec extends Dimensions {
  readonly hiddenActivation: Activation;
  readonly outputActivation: Activation;
  readonly reconstruction: Reconstruction;
  readonly penalty: Penalty;
  /** ρ */
  readonly sparsityParam: number;
  /** β */
  readonly beta: number;
  /** λ */
  readonly weightDecay: number;
}

/** J and its terms: loss = reconstruction + β·sparsity + (λ/2)·‖W‖². */
export interface Terms {
  readonly loss: number;
  /** R(X̂, T) */
  readonly reconstruction: number;
  /** S(F), before β */
  readonly sparsity: number;
  /** Active units, counted over all rows of the batch. */
  readonly active: number;
}

/**
 * J(θ; X, T) and ∇J for batches of up to `capacity` rows.
 *
 *   Z = X·W_enc + b_enc    F = σ_h(Z)         encoder.ts         n×h
 *   Y = F·W_dec + b_dec    X̂ = σ_o(Y)         decoder.ts         n×d′
 *   J = R(X̂, T) + β·S(F) + (λ/2)·(‖W_enc‖² + ‖W_dec‖²)
 *
 * and backwards, each line from the one above it by the chain rule:
 *
 *   dY     = 2c·(X̂ − T) ⊙ σ_o′(Y)             reconstruction.ts  n×d′
 *   dW_dec = Fᵀ·dY + λ·W_dec                  decoder.ts         h×d′
 *   db_dec = Σ_i dy_i                                            d′
 *   dF     = dY·W_decᵀ                                           n×h
 *   dZ     = (dF + β·∂S/∂F) ⊙ σ_h′(Z)         sparsity.ts        n×h
 *   dW_enc = Xᵀ·dZ + λ·W_enc                  encoder.ts         d×h
 *   db_enc = Σ_i dz_i                                            h
 *
 * After a ReLU most of F is zero, and so is dZ at the same places: there F is held by its non-zeros,
 * and every product with it, or asked for only where it is active, skips the rest.
 */
export class Objective {
  private readonly k: Kernels;
  private readonly spec: ObjectiveSpec;
  private readonly f: Matrix;
  private readonly dz: Matrix;
  private readonly y: Matrix;
  private readonly code: SparseRows;
  private readonly codeT: SparseRows;
  private readonly xT: SparseRows;
  private readonly rhoHat: FloatArray;
  private readonly pull: FloatArray;

  constructor(k: Kernels, spec: ObjectiveSpec, capacity: number, sparseInput: boolean) {
    const { inputDim, hiddenDim, outputDim } = spec;
    const relu = spec.hiddenActivation === 'relu';
    this.k = k;
    this.spec = spec;
    this.f = denseRows(k, capacity, hiddenDim);
    this.dz = denseRows(k, capacity, hiddenDim);
    this.y = denseRows(k, capacity, outputDim);
    this.code = sparseRows(k, capacity, hiddenDim, relu);
    this.codeT = sparseRows(k, hiddenDim, capacity, relu);
    this.xT = sparseRows(k, inputDim, capacity, sparseInput);
    this.rhoHat = k.floats(hiddenDim);
    this.pull = k.floats(hiddenDim);
  }

  /** J over the rows of `x`, and ∇J into `gradient`, laid out as θ, if it is given. */
  evaluate(θ: Parameters, x: Rows, t: Rows, gradient?: FloatArray): Terms {
    const { k, spec } = this;
    const n = x.rows;
    const f = rowsOf(this.f, 0, n);
    const y = rowsOf(this.y, 0, n);

    encode(k, θ, x, f, spec.hiddenActivation);
    const { code, active } = this.sparsify(f);
    decodeAffine(k, θ, code, y);
    const c = reconstructionScale[spec.reconstruction](n, spec.outputDim);
    // Y gives way to X̂, and X̂ to dY: one array stays in the cache where three would not.
    const reconstruction = k.outputLoss(y, gradient ? y : null, t, spec.outputActivation, c);
    const { sparsity, l1 } = this.penalize(f);

    if (gradient) {
      const dθ = viewParameters(gradient, spec);
      const dz = rowsOf(this.dz, 0, n);
      decodeBackward(k, θ, dθ, code, { ...this.codeT, cols: n }, y, dz);
      encodeBackward(k, dθ, x, { ...this.xT, cols: n }, f, dz, this.pull, l1, spec.hiddenActivation);
      this.decay(θ, dθ);
    }
    const loss = reconstruction + spec.beta * sparsity + weightPenalty(k, spec.weightDecay, θ);
    return { loss, reconstruction, sparsity, active };
  }

  /** F as the decoder should take it: by its non-zeros where a ReLU has left few of them. */
  private sparsify(f: Matrix): { code: Rows; active: number } {
    if (this.spec.hiddenActivation !== 'relu') return { code: f, active: this.k.countNonZeros(f.data) };
    const code = { ...this.code, rows: f.rows };
    const active = this.k.compress(code, f);
    return { code: active >= 0 && active < this.k.sparseBelow * f.data.length ? code : f, active };
  }

  /** S(F). Leaves β·∂S/∂f_ij = pull_j + l1·sign(f_ij) behind. */
  private penalize(f: Matrix): { sparsity: number; l1: number } {
    const { k, rhoHat, pull } = this;
    const { penalty, sparsityParam, beta } = this.spec;
    const n = f.rows;
    if (penalty === 'none') return { sparsity: 0, l1: 0 };
    if (penalty === 'l1') return { sparsity: k.sumOfAbs(f.data) / n, l1: l1Pull(beta, n) };
    k.columnSums(rhoHat, f);
    for (let j = 0; j < rhoHat.length; j++) rhoHat[j] /= n;
    klPull(pull, sparsityParam, rhoHat, beta, n);
    return { sparsity: klPenalty(sparsityParam, rhoHat), l1: 0 };
  }

  /** (λ/2)·‖W‖²   ⇒   dW ← dW + λ·W, for both weights. */
  private decay(θ: Parameters, dθ: Parameters): void {
    const { weightDecay } = this.spec;
    if (weightDecay === 0) return;
    this.k.axpy(dθ.encoderWeight.data, weightDecay, θ.encoderWeight.data);
    this.k.axpy(dθ.decoderWeight.data, weightDecay, θ.decoderWeight.data);
  }
}

/** (λ/2)·(‖W_enc‖² + ‖W_dec‖²) */
export function weightPenalty(k: Kernels, weightDecay: number, θ: Parameters): number {
  if (weightDecay === 0) return 0;
  return (weightDecay / 2) * (k.sumOfSquares(θ.encoderWeight.data) + k.sumOfSquares(θ.decoderWeight.data));
}
