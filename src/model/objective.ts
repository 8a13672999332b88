import type { FloatArray, Kernels, Matrix, Rows } from '../kernels/kernels.js';
import { type DecoderLayer, type DecoderRoom, PlainDecoder } from '../layers/decoder.js';
import { EncoderLayer } from '../layers/encoder.js';
import { type Layout, type Parameters, viewParameters } from '../layers/parameters.js';
import { reconstructionScale } from '../layers/reconstruction.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import type { AnyTermKind, Code, CodeLayer, PenaltyLayer, TermLayer } from '../sparsity/kind.js';
import { codeKind, modifiers, penaltyKind, terms } from '../sparsity/kinds.js';
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

/** From F to R and back: as the modifiers will have it. */
export function createDecoder(k: Kernels, spec: ObjectiveSpec, room: DecoderRoom): DecoderLayer {
  const special = modifiers.find((modifier) => modifier.decoder && modifier.applies(spec));
  return special?.decoder?.(k, spec, room) ?? new PlainDecoder(k, spec, room);
}

/**
 * J(θ; X, T) and ∇J for batches of up to `capacity` rows.
 *
 *   Z = X·W_enc + b_enc    F = σ_h(Z)         layers/encoder.ts, sparsity/codes    n×h
 *   Y = F·W_dec + b_dec    X̂ = σ_o(Y)         layers/decoder.ts                    n×d′
 *   J = R(X̂, T) + β·S(F) + (λ/2)·(‖W_enc‖² + ‖W_dec‖²) + whatever the kind of code and the options add
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
  /** For the second reconstruction of a gated code. */
  private readonly gateDecoder: DecoderLayer | null;
  private readonly penalty: PenaltyLayer;
  /** The terms of θ alone, and those of a batch. */
  private readonly terms: readonly AnyTermKind[];
  private readonly batchTerms: readonly TermLayer[];
  /** θ for what ∇J takes for constant, if it is not θ itself. */
  private held: Parameters | null = null;

  constructor(k: Kernels, spec: ObjectiveSpec, capacity: number, sparseInput: boolean, memory: Memory) {
    const kind = codeKind(spec);
    const encoder = new EncoderLayer(k, spec, capacity, sparseInput);
    this.k = k;
    this.spec = spec;
    this.beta = betaOf(memory);
    this.layout = layoutOf(spec);
    this.code = kind.layer({ k, spec, capacity, encoder, memory });
    const room = { capacity, sparseCode: kind.zeros, thenBack: true, wider: kind.thresholds };
    this.decoder = createDecoder(k, spec, room);
    this.gateDecoder = kind.gated ? createDecoder(k, spec, room) : null;
    this.penalty = penaltyKind(spec).layer(k, spec);
    const asked = terms.filter((term) => term.applies(spec));
    this.terms = asked.filter(({ value }) => value);
    this.batchTerms = asked.flatMap(({ layer }) => layer?.({ k, spec, capacity, memory }) ?? []);
  }

  /**
   * J over the rows of `x` as a training batch, and ∇J into `gradient`, laid out as θ, if it is given. What is random in
   * training is made of `noise`, N(0, 1), n × h: see `draw`; zeros if not given.
   */
  evaluate(θ: Parameters, x: Rows, t: Rows, gradient?: FloatArray, noise?: Matrix): Terms {
    const { k, spec } = this;
    const held = this.held ?? θ;
    const thenBack = gradient !== undefined;
    const c = reconstructionScale[spec.reconstruction](x.rows, spec.outputDim);
    const code = this.code.forward(θ, x, 'training', noise);
    const reconstruction = this.decoder.forward(θ, code.rows, t, c, thenBack);
    const again = code.gate && this.gateDecoder?.forward(held, code.gate.rows, t, c, thenBack);
    const sparsity = this.penalty.forward(θ, code);
    const added = this.batchTerms.map((term) => term.forward(θ, { x, t, code }));

    if (gradient) {
      const dθ = viewParameters(gradient, this.layout);
      const df = this.decoder.backward(θ, dθ, code.rows, code.wanted);
      const dGate = code.gate && this.gateDecoder?.backward(held, null, code.gate.rows);
      for (const term of this.batchTerms) term.intoCode?.(df);
      this.code.backward(θ, dθ, x, df, this.penalty.slope(this.beta), dGate);
      this.penalty.backward?.(θ, dθ, this.beta);
      for (const term of this.terms) term.backward?.(k, spec, θ, dθ);
      for (const term of this.batchTerms) term.backward(θ, dθ);
    }
    const ofGate = again === undefined ? [] : [again];
    const ofWeights = this.terms.map((term) => term.value?.(k, spec, θ) ?? 0);
    const summands = [reconstruction, this.beta * sparsity, ...ofGate, ...ofWeights, ...added];
    return { loss: total(summands), reconstruction, sparsity, summands, active: code.active, code };
  }

  /** From now on, whatever ∇J takes for constant stays as it is for this θ: then J's differences are what ∇J claims. */
  hold(θ: Parameters): void {
    this.held = θ;
  }

  /** The noise of a step of `fit` on so many rows, where the kind of code wants any: for `evaluate`. */
  draw(rows: number): Matrix | undefined {
    return this.code.draw?.(rows);
  }

  /** After a step on the batch that `evaluate` was given last. */
  remember(): void {
    this.code.remember?.();
  }
}

export const total = (summands: readonly number[]): number => summands.reduce((a, b) => a + b);
