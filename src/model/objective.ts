import type { FloatArray, Kernels, Matrix, Rows } from '../kernels/kernels.js';
import { type DecoderLayer, type DecoderRoom, PlainDecoder } from '../layers/decoder.js';
import { EncoderLayer } from '../layers/encoder.js';
import { type Layout, type Parameters, type StoredParameters, viewStored } from '../layers/parameters.js';
import { reconstructionScale } from '../layers/reconstruction.js';
import type { ObjectiveSpec } from '../layers/spec.js';
import { Tie } from '../layers/tied.js';
import type { AnyModifierKind, AnyTermKind, Code, CodeLayer, PenaltyLayer, TermLayer } from '../sparsity/kind.js';
import { bringHome, codeKind, modifiers, penaltyKind, terms } from '../sparsity/kinds.js';
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
 *   J = R(X̂, T) + β·S(F) + (λ/2)·(‖W_enc‖² + ‖W_dec‖²) + …                         sparsity/terms
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
  private held: StoredParameters | null = null;
  private readonly modifiers: readonly AnyModifierKind[];
  private readonly tie: Tie | null;

  constructor(k: Kernels, spec: ObjectiveSpec, capacity: number, sparseInput: boolean, memory: Memory) {
    const kind = codeKind(spec);
    const asked = terms.filter((term) => term.applies(spec));
    const entries = kind.entries?.(spec, capacity) ?? 0;
    const encoder = new EncoderLayer(k, spec, capacity, sparseInput, entries);
    this.k = k;
    this.spec = spec;
    this.beta = betaOf(memory);
    this.layout = layoutOf(spec);
    this.code = kind.layer({ k, spec, capacity, encoder, memory });
    this.terms = asked.filter(({ value }) => value);
    this.batchTerms = asked.flatMap(({ layer }) => layer?.({ k, spec, capacity, memory, sparseInput }) ?? []);
    const room = { capacity, sparseCode: kind.zeros, thenBack: true, wider: kind.thresholds, entries };
    this.decoder = createDecoder(k, spec, { ...room, keepY: this.batchTerms.length > 0 });
    this.gateDecoder = kind.gated ? createDecoder(k, spec, room) : null;
    this.penalty = penaltyKind(spec).layer(k, spec);
    this.modifiers = modifiers.filter((modifier) => modifier.applies(spec));
    this.tie = spec.tied === true ? new Tie(k, spec.inputDim, spec.hiddenDim) : null;
  }

  /**
   * J over the rows of `x` as a training batch, and ∇J into `gradient`, laid out as θ, if it is given. What is random in
   * training is made of `noise`, N(0, 1), n × h: see `draw`; zeros if not given.
   */
  evaluate(stored: StoredParameters, x: Rows, t: Rows, gradient?: FloatArray, noise?: Matrix): Terms {
    const { k, spec } = this;
    const θ = this.tie ? this.tie.forward(stored) : (stored as Parameters);
    const held = this.held ?? θ;
    const thenBack = gradient !== undefined;
    const c = reconstructionScale[spec.reconstruction](x.rows, spec.outputDim);
    const code = this.code.forward(θ, x, 'training', noise);
    const reconstruction = this.decoder.forward(θ, code.rows, t, c, thenBack);
    const again = code.gate && this.gateDecoder?.forward(held, code.gate.rows, t, c, thenBack);
    const sparsity = this.penalty.forward(θ, code);
    const y = this.decoder.keptY(x.rows);
    const added = y ? this.batchTerms.map((term) => term.forward(θ, { x, t, code, y })) : [];

    if (gradient) {
      const own = viewStored(gradient, this.layout);
      const dθ = this.tie ? this.tie.open(own) : (own as Parameters);
      const df = this.decoder.backward(θ, dθ, code.rows, code.wanted);
      const dGate = code.gate && this.gateDecoder?.backward(held, null, code.gate.rows);
      for (const term of this.batchTerms) term.intoCode?.(df);
      this.code.backward(θ, dθ, x, df, this.penalty.slope(this.beta), dGate);
      this.penalty.backward?.(θ, dθ, this.beta);
      for (const term of this.terms) term.backward?.(k, spec, θ, dθ);
      for (const term of this.batchTerms) term.backward(θ, dθ);
      this.tie?.close(dθ);
    }
    const ofGate = again === undefined ? [] : [again];
    const ofWeights = this.terms.map((term) => term.value?.(k, spec, θ) ?? 0);
    const summands = [reconstruction, this.beta * sparsity, ...ofGate, ...ofWeights, ...added];
    return { loss: total(summands), reconstruction, sparsity, summands, active: code.active, code };
  }

  /**
   * From now on, whatever ∇J takes for constant stays as it is for this θ and these rows: then J's differences are what ∇J
   * claims.
   */
  hold(θ: StoredParameters, x: Rows, t: Rows, noise?: Matrix): void {
    this.evaluate(θ, x, t, undefined, noise);
    this.held = θ;
    for (const term of this.batchTerms) term.hold?.();
  }

  /** The noise of a step of `fit` on so many rows, where the kind of code wants any: for `evaluate`. */
  draw(rows: number): Matrix | undefined {
    return this.code.draw?.(rows);
  }

  /** ∇J as a step should take it, once `evaluate` has left it in `gradient`. */
  beforeStep(θ: StoredParameters, gradient: FloatArray): void {
    const dθ = viewStored(gradient, this.layout);
    for (const modifier of this.modifiers) modifier.beforeStep?.(θ, dθ);
  }

  /** After a step on the batch that `evaluate` was given last: θ as the modifiers want it, and what is remembered. */
  afterStep(θ: StoredParameters): void {
    bringHome(this.spec, θ);
    this.code.remember?.();
    for (const term of this.batchTerms) term.remember?.();
  }
}

export const total = (summands: readonly number[]): number => summands.reduce((a, b) => a + b);
