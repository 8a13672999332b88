import { type FloatArray, isSparse, type Kernels, type Matrix, type Rows } from '../../kernels/kernels.js';
import { denseRows } from '../../kernels/rows.js';
import { PlainDecoder } from '../../layers/decoder.js';
import { EncoderLayer } from '../../layers/encoder.js';
import type { Parameters } from '../../layers/parameters.js';
import { reconstructionScale } from '../../layers/reconstruction.js';
import type { ObjectiveSpec } from '../../layers/spec.js';
import { isCount, notNegative, when } from '../../numbers/checks.js';
import { rowsOf } from '../../numbers/matrix.js';
import { topk } from '../codes/topk.js';
import { type CodeLayer, type GradientCase, type Pass, type Slope, type TermLayer, term } from '../kind.js';
import type { Memory } from '../memory.js';
import { markActive } from '../sums.js';

export interface AuxK {
  /** How many dead units a row may wake. */
  k: number;
  /** A unit is dead when it was active on none of the last so many rows of training. */
  deadAfter: number;
  /** Default 1/32. */
  coefficient?: number;
}

const PARTS = ['k', 'deadAfter', 'coefficient'];

function isAuxK(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  const { k, deadAfter, coefficient = 1 } = value as Partial<AuxK>;
  const known = Object.keys(value).every((name) => PARTS.includes(name));
  return known && isCount(k) && isCount(deadAfter) && notNegative.ok(coefficient);
}

/** Two units of four are dead. */
const sleepers = (name: string, options: Record<string, unknown>, k = 1): GradientCase => ({
  name,
  options: { outputActivation: 'identity', auxK: { k, deadAfter: 5, coefficient: 0.5 }, ...options },
  memory: { silentFor: [5, 4, 0, 9] },
});

/**
 * Wakes dead units by what the others leave over: with E = T − X̂ held constant, and Z of the dead units alone,
 *   Ê = TopK(Z)·W_dec,   J adds coefficient·R(Ê, E) = coefficient·c·Σ(ê − e)²,   0 while none is dead
 * which is a TopK autoencoder of the dead units, without b_dec, that learns E from X: it is made of the same layers.
 * A unit that is active anywhere in a training batch counts from 0 again, any other gains the batch's n rows.
 * (Gao et al. 2024, "Scaling and evaluating sparse autoencoders", appendix A.2.)
 */
export const auxK = term({
  name: 'auxK',
  help: 'dead units learn what the others leave over',
  options: {
    /** { k, deadAfter, coefficient: 1/32 }. Default: no such term. */
    auxK: {
      check: when(
        isAuxK,
        '{ k, deadAfter, coefficient }: two whole numbers of at least 1, and a number of at least 0 (default 1/32)',
      ),
      default: undefined as AuxK | undefined,
      help: 'dead units learn what the others leave over: k of them a row',
      settle: (given: AuxK): AuxK => ({ coefficient: 1 / 32, ...given }),
    },
  },
  applies: (spec) => spec.auxK !== undefined,
  refuse({ auxK, outputActivation }) {
    if (!auxK || outputActivation === 'identity') return undefined;
    return { option: 'outputActivation', expected: '"identity" with auxK, which adds decoded units to what is left over' };
  },
  memory: ({ hiddenDim }) => ({ silentFor: Array(hiddenDim).fill(0) }),
  layer: ({ k, spec, capacity, memory, sparseInput }) =>
    new AuxLayer(k, spec, spec.auxK as Required<AuxK>, capacity, memory, sparseInput),
  cases: [
    sleepers('auxK', {}),
    sleepers('auxK of more than are dead', {}, 9),
    sleepers('auxK, preBias', { preBias: true }),
    sleepers('auxK, tied, preBias, λ=0.01, sse', { tied: true, preBias: true, weightDecay: 0.01, reconstruction: 'sse' }),
    sleepers('auxK, targets narrower than X', { outputDim: 3, reconstruction: 'half-sse' }),
  ],
});

class AuxLayer implements TermLayer {
  private readonly k: Kernels;
  private readonly how: Required<AuxK>;
  private readonly memory: Memory;
  private readonly code: CodeLayer;
  private readonly decoder: PlainDecoder;
  private readonly spec: ObjectiveSpec;
  private readonly error: Matrix;
  /** Room for the dead units' part of θ and of its gradient, were all dead. */
  private readonly part: Parameters;
  private readonly gradient: Parameters;
  private readonly noBias: FloatArray;
  private readonly noSlope: Slope;
  private dead: readonly number[] = [];
  private pass: Pass | undefined;
  private f: Rows | undefined;
  private held = false;

  constructor(k: Kernels, spec: ObjectiveSpec, how: Required<AuxK>, capacity: number, memory: Memory, sparseInput: boolean) {
    const kept = Math.min(how.k, spec.hiddenDim);
    const entries = capacity * kept;
    const encoder = new EncoderLayer(k, spec, capacity, sparseInput, entries);
    this.k = k;
    this.spec = spec;
    this.how = how;
    this.memory = memory;
    this.code = topk.layer({ k, spec: { ...spec, k: kept }, capacity, encoder, memory });
    this.decoder = new PlainDecoder(k, spec, { capacity, sparseCode: true, thenBack: true, entries });
    this.error = denseRows(k, capacity, spec.outputDim);
    this.part = roomFor(k, spec);
    this.gradient = roomFor(k, spec);
    this.noBias = k.floats(spec.outputDim);
    this.noSlope = { pull: k.floats(spec.hiddenDim), l1: 0 };
  }

  forward(θ: Parameters, pass: Pass): number {
    const { silentFor } = this.memory.values;
    const { coefficient, deadAfter } = this.how;
    this.pass = pass;
    this.dead = Array.from(silentFor.keys()).filter((j) => silentFor[j] >= deadAfter);
    if (this.dead.length === 0) return 0;
    const error = rowsOf(this.error, 0, pass.x.rows);
    if (!this.held) difference(error, pass.t, pass.y);
    const part = this.gather(θ);
    this.f = this.code.forward(part, pass.x, 'training').rows;
    const c = reconstructionScale[this.spec.reconstruction](pass.x.rows, this.spec.outputDim);
    return coefficient * this.decoder.forward({ ...part, decoderBias: this.noBias }, this.f, error, c, true);
  }

  /** The chain rule is that of the layers; what is the dead units' own goes to their places in dθ. */
  backward(θ: Parameters, dθ: Parameters): void {
    const { k, dead, pass, f } = this;
    if (dead.length === 0 || !pass || !f) return;
    const part = narrow(this.part, dead.length, θ.decoderBias);
    const own = narrow(this.gradient, dead.length, this.gradient.decoderBias);
    const df = this.decoder.backward(part, own, f);
    // Ê has no b_dec: what reaches it does so through the pre-bias.
    own.decoderBias.fill(0);
    this.code.backward(part, own, pass.x, df, this.noSlope);
    this.scatter(dθ, own);
    k.axpy(dθ.decoderBias, this.how.coefficient, own.decoderBias);
  }

  hold(): void {
    this.held = true;
  }

  remember(): void {
    if (!this.pass) return;
    const { silentFor } = this.memory.values;
    const active = new Uint8Array(silentFor.length);
    markActive(active, this.pass.code);
    for (let j = 0; j < active.length; j++) silentFor[j] = active[j] ? 0 : silentFor[j] + this.pass.x.rows;
  }

  /** The dead units' part of θ; b_dec is the model's own. */
  private gather(θ: Parameters): Parameters {
    const { dead } = this;
    const part = narrow(this.part, dead.length, θ.decoderBias);
    const [w, own] = [θ.encoderWeight, part.encoderWeight];
    for (let p = 0, to = 0; p < w.rows; p++) for (const j of dead) own.data[to++] = w.data[p * w.cols + j];
    for (const [m, j] of dead.entries()) {
      part.encoderBias[m] = θ.encoderBias[j];
      rowsOf(part.decoderWeight, m, m + 1).data.set(rowsOf(θ.decoderWeight, j, j + 1).data);
    }
    return part;
  }

  /** dθ ← dθ + coefficient·(the dead units' gradient), each entry to its place. */
  private scatter(dθ: Parameters, own: Parameters): void {
    const { dead } = this;
    const { coefficient } = this.how;
    const [w, part] = [dθ.encoderWeight, own.encoderWeight];
    for (let p = 0, from = 0; p < w.rows; p++) for (const j of dead) w.data[p * w.cols + j] += coefficient * part.data[from++];
    const cols = dθ.decoderWeight.cols;
    for (const [m, j] of dead.entries()) {
      dθ.encoderBias[j] += coefficient * own.encoderBias[m];
      for (let q = 0; q < cols; q++) dθ.decoderWeight.data[j * cols + q] += coefficient * own.decoderWeight.data[m * cols + q];
    }
  }
}

/** Room for a model of up to h units, without parameters of a kind's own. */
const roomFor = (k: Kernels, { inputDim, hiddenDim, outputDim }: ObjectiveSpec): Parameters => ({
  encoderWeight: denseRows(k, inputDim, hiddenDim),
  encoderBias: k.floats(hiddenDim),
  decoderWeight: denseRows(k, hiddenDim, outputDim),
  decoderBias: k.floats(outputDim),
  own: {},
});

/** That room as a model of m units. */
function narrow(
  { encoderWeight: w, encoderBias, decoderWeight, own }: Parameters,
  m: number,
  decoderBias: FloatArray,
): Parameters {
  return {
    encoderWeight: { data: w.data.subarray(0, w.rows * m), rows: w.rows, cols: m },
    encoderBias: encoderBias.subarray(0, m),
    decoderWeight: rowsOf(decoderWeight, 0, m),
    decoderBias,
    own,
  };
}

/** E = T − Y */
function difference(e: Matrix, t: Rows, y: Matrix): void {
  if (!isSparse(t)) {
    for (let p = 0; p < e.data.length; p++) e.data[p] = t.data[p] - y.data[p];
    return;
  }
  for (let p = 0; p < e.data.length; p++) e.data[p] = -y.data[p];
  for (let i = 0; i < t.rows; i++) for (let p = t.start[i]; p < t.end[i]; p++) e.data[i * e.cols + t.index[p]] += t.value[p];
}
