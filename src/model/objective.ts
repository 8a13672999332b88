import type { FloatArray, Kernels, Rows } from '../kernels/kernels.js';
import { DecoderLayer } from '../layers/decoder.js';
import { EncoderLayer } from '../layers/encoder.js';
import { type Layout, type Parameters, viewParameters } from '../layers/parameters.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import type { AnyTermKind, Code, CodeLayer, PenaltyLayer } from '../sparsity/kind.js';
import { codeKind, penaltyKind, terms } from '../sparsity/kinds.js';
import type { Memory } from '../sparsity/memory.js';
import { betaOf, layoutOf } from './layout.js';

/** J and its terms. */
export interface Terms {
  readonly loss: number;
  /** R(X̂, T) */
  readonly reconstruction: number;
  /** S(F), before β */
  readonly sparsity: number;
  /** What J is the sum of: R, β·S, and whatever terms the options ask for. */
  readonly summands: readonly number[];
  /** Active units, counted over all rows of the batch. */
  readonly active: number;
  /** F, good until the next batch. */
  readonly code: Code;
}

/**
 * J(θ; X, T) and ∇J for batches of up to `capacity` rows.
 *
 *   Z = X·W_enc + b_enc    F = σ_h(Z)         layers/encoder.ts, sparsity/codes    n×h
 *   Y = F·W_dec + b_dec    X̂ = σ_o(Y)         layers/decoder.ts                    n×d′
 *   J = R(X̂, T) + β·S(F) + (λ/2)·(‖W_enc‖² + ‖W_dec‖²)
 *
 * and backwards, each line from the one above it by the chain rule:
 *
 *   dY     = 2c·(X̂ − T) ⊙ σ_o′(Y)             layers/reconstruction.ts             n×d′
 *   dW_dec = Fᵀ·dY + λ·W_dec                  layers/decoder.ts                    h×d′
 *   db_dec = Σ_i dy_i                                                              d′
 *   dF     = dY·W_decᵀ                                                             n×h
 *   dZ     = (dF + β·∂S/∂F) ⊙ σ_h′(Z)         sparsity/penalties, sparsity/codes   n×h
 *   dW_enc = Xᵀ·dZ + λ·W_enc                  layers/encoder.ts                    d×h
 *   db_enc = Σ_i dz_i                                                              h
 *
 * A code that is mostly zeros is held by its non-zeros, and every product with it, or asked for only
 * where it is active, skips the rest.
 */
export class Objective {
  /** β of the batches to come. */
  beta: number;
  private readonly k: Kernels;
  private readonly spec: ObjectiveSpec;
  private readonly layout: Layout;
  private readonly code: CodeLayer;
  private readonly decoder: DecoderLayer;
  private readonly penalty: PenaltyLayer;
  private readonly terms: readonly AnyTermKind[];

  constructor(k: Kernels, spec: ObjectiveSpec, capacity: number, sparseInput: boolean, memory: Memory) {
    const kind = codeKind(spec);
    const encoder = new EncoderLayer(k, spec, capacity, sparseInput);
    this.k = k;
    this.spec = spec;
    this.beta = betaOf(memory);
    this.layout = layoutOf(spec);
    this.code = kind.layer({ k, spec, capacity, encoder, memory });
    this.decoder = new DecoderLayer(k, spec, capacity, kind.zeros);
    this.penalty = penaltyKind(spec).layer(k, spec);
    this.terms = terms.filter((term) => term.applies(spec));
  }

  /** J over the rows of `x` as a training batch, and ∇J into `gradient`, laid out as θ, if it is given. */
  evaluate(θ: Parameters, x: Rows, t: Rows, gradient?: FloatArray): Terms {
    const { k, spec } = this;
    const code = this.code.forward(θ, x, 'training');
    const reconstruction = this.decoder.forward(θ, code.rows, t, gradient !== undefined);
    const sparsity = this.penalty.forward(θ, code);

    if (gradient) {
      const dθ = viewParameters(gradient, this.layout);
      const df = this.decoder.backward(θ, dθ, code.rows);
      this.code.backward(θ, dθ, x, df, this.penalty.slope(this.beta));
      for (const term of this.terms) term.backward(k, spec, θ, dθ);
    }
    const summands = [reconstruction, this.beta * sparsity, ...this.terms.map((term) => term.value(k, spec, θ))];
    return { loss: total(summands), reconstruction, sparsity, summands, active: code.active, code };
  }

  /** After a step on the batch that `evaluate` was given last. */
  remember(): void {
    this.code.remember?.();
  }
}

export const total = (summands: readonly number[]): number => summands.reduce((a, b) => a + b);
