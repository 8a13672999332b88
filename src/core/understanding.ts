import type { Matrix } from '../kernels/kernels.js';
import { codeAt } from '../meaning/code.js';
import { type CompareOptions, compareChecks, type Difference, differences } from '../meaning/compare.js';
import { type Contribution, contributions } from '../meaning/explain.js';
import { type FeatureOptions, Features, type Named, type TopRow } from '../meaning/features.js';
import { byUnit, readNames, requireUnit } from '../meaning/names.js';
import { type Neighbor, neighborsByDecoder } from '../meaning/neighbors.js';
import { type Similarity, type SimilarityPart, similarityOf } from '../meaning/similarity.js';
import { withUnits } from '../meaning/steer.js';
import { decodeSparse } from '../model/sparse-codes.js';
import { checkOptions, count, flag, refuse, when } from '../numbers/checks.js';
import type { Csr } from '../numbers/csr.js';
import type { Where } from '../numbers/matrix.js';
import type { MatrixLike, RowLike } from '../numbers/matrix-like.js';
import { encodeSparseWith } from './layers.js';
import type { Model } from './model.js';

/** A unit's part in a row, what it is called, and rows that it is most active on, where `features` are given. */
export interface Explanation extends Contribution {
  readonly name: string | null;
  readonly rows?: TopRow[];
}

export interface ExplainOptions {
  /** How many units, the largest parts first. Default: all that are active. */
  count?: number;
  /** Where names and rows come from, beside the model's own names: `sae.features(X, …)`. */
  features?: Features;
}

export interface SteerOptions {
  /**
   * Whether what the model does not reconstruct stays: x + (x̂′ − x̂) instead of x̂′, the decoded code that was changed. Default:
   * true where T = X: not where the last `fit` was given targets, nor where they would have another width.
   */
  keepError?: boolean;
}

const featuresOf = ({ spec }: Model) =>
  when((v) => v instanceof Features && v.density.length === spec.hiddenDim, 'what features(X) of this model gives');

const nameOf = (model: Model, known: Features | undefined, unit: number) => (known ? known.name(unit) : model.names[unit]);

export function explain(model: Model, x: MatrixLike | RowLike, options: ExplainOptions): Explanation[] {
  checkOptions('explain', options, { count, features: featuresOf(model) });
  const code = codeAt(oneCode(model, 'explain: x', x), 0);
  const known = options.features;
  return contributions(code, model.θ.decoderWeight)
    .slice(0, options.count)
    .map((each) => ({
      ...each,
      name: nameOf(model, known, each.unit),
      ...(known && { rows: known.topRows(each.unit, { count: 5 }) }),
    }));
}

export function similarity(
  model: Model,
  a: MatrixLike | RowLike,
  b: MatrixLike | RowLike,
  options: { features?: Features },
): Similarity<Named<SimilarityPart>> {
  checkOptions('similarity', options, { features: featuresOf(model) });
  const [ofA, ofB] = [oneCode(model, 'similarity: a', a), oneCode(model, 'similarity: b', b)];
  const { cosine, shared, apart } = similarityOf(codeAt(ofA, 0), codeAt(ofB, 0), model.θ.decoderWeight);
  const named = (part: SimilarityPart) => ({ ...part, name: nameOf(model, options.features, part.unit) });
  return { cosine, shared: shared.map(named), apart: apart.map(named) };
}

export function neighbors(model: Model, unit: number, options: { count?: number }): Named<Neighbor>[] {
  checkOptions('neighbors', options, { count });
  const j = requireUnit('neighbors: unit', unit, model.spec.hiddenDim);
  return neighborsByDecoder(model.θ.decoderWeight, j, options.count ?? 10).map((each) => ({
    ...each,
    name: model.names[each.unit],
  }));
}

/** What files have beside the numbers of their rows. */
interface Beside {
  readonly texts?: readonly string[];
  readonly ids?: readonly string[];
}

export function readFeatures(model: Model, X: MatrixLike, options: FeatureOptions): Features {
  const codes = encodeSparseWith(model, 'features: X', X);
  const { texts, ids } = X as Beside;
  const beside = texts ? { texts } : ids ? { rows: ids } : {};
  const { data, ...decoder } = model.θ.decoderWeight;
  const known = options.rows || options.texts ? options : { ...options, ...beside };
  return new Features(codes, { ...decoder, data: data.slice() }, () => model.names, known);
}

export function compare(model: Model, A: MatrixLike, B: MatrixLike, options: CompareOptions): Named<Difference>[] {
  checkOptions('compare', options, compareChecks);
  const [a, b] = [encodeSparseWith(model, 'compare: A', A), encodeSparseWith(model, 'compare: B', B)].map(frequencies);
  return differences(a, b, options).map((each) => ({ ...each, name: model.names[each.unit] }));
}

function frequencies({ indices, shape: [rows, units] }: Csr) {
  const counts = new Float64Array(units);
  for (const j of indices) counts[j]++;
  return { counts, rows };
}

/**
 * X with units set: F′ is F but for these, and what comes back is X + (X̂′ − X̂) in the caller's units, that is, for a linear
 * output, x + Σ_j (f′_j − f_j)·w_j: what the model does not reconstruct stays as it was (Bricken et al. 2023; Templeton et al.
 * 2024). Without `keepError` it is X̂′.   n×d → n×d′
 */
export function steer(
  model: Model,
  X: MatrixLike | RowLike,
  units: Readonly<Record<number, number>>,
  options: SteerOptions,
): Matrix {
  checkOptions('steer', options, { keepError: flag });
  const { spec } = model;
  const { keepError = model.isAutoencoder } = options;
  if (keepError) model.requireAutoencoder('steer: keepError', 'what x̂ lacks is of x');
  const set = readSettings(units, spec.hiddenDim);
  const where: Where = 'steer: X';
  const raw = model.readRows(where, X, spec.inputDim);
  const f = encodeSparseWith(model, where, raw);
  const decoded = (code: Csr) => {
    const xHat = model.blank(raw.rows, spec.outputDim);
    decodeSparse(model.inferenceKernels(code.data.length + xHat.data.length), model, code, xHat);
    return xHat;
  };
  const out = decoded(withUnits(f, set));
  if (keepError) {
    const before = decoded(f);
    const x = model.prepare(raw);
    for (let p = 0; p < out.data.length; p++) out.data[p] = x.data[p] + (out.data[p] - before.data[p]);
  }
  model.unprepare(out, raw);
  return out;
}

function readSettings(units: unknown, h: number): Map<number, number> {
  const settings = byUnit('steer', units, h, '{ unit: value }');
  for (const [unit, value] of settings) if (!Number.isFinite(value)) refuse(`steer: unit ${unit}`, value, 'a finite number');
  return new Map(settings as [number, number][]);
}

export function setNames(model: Model, names: unknown): void {
  model.names = readNames('setNames', names, model.names);
}

/** The code of the one row that a call is about. */
function oneCode(model: Model, where: Where, x: MatrixLike | RowLike): Csr {
  const code = encodeSparseWith(model, where, x);
  if (code.shape[0] !== 1) throw new RangeError(`${where} has ${code.shape[0]} rows, expected one`);
  return code;
}
