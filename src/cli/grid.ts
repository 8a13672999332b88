import { completeModelOptions, type SparseAutoencoderOptions } from '../core/options.js';
import type { AnyCodeKind } from '../sparsity/kind.js';
import { codeKind, codes, penalties, penaltyKind } from '../sparsity/kinds.js';

type Given = Partial<SparseAutoencoderOptions>;

/** The option that says how sparse a code shall be: units a row, if that can be said, else the weight of the penalty. */
export type LevelOption = 'k' | 'targetL0' | 'beta';

/** One model to train. */
export interface GridRun {
  readonly kind: string;
  readonly penalty: string;
  readonly level: LevelOption;
  readonly value: number;
  readonly seed: string;
  readonly options: SparseAutoencoderOptions;
}

export interface GridSpec {
  readonly kinds: readonly string[];
  /** Active units a row. */
  readonly levels: readonly number[];
  /** β of kinds that cannot be told how many. */
  readonly betas: readonly number[];
  readonly seeds: readonly string[];
  /** What all models have, as far as it means something with their kind. */
  readonly model: Given;
  readonly inputDim: number;
}

export interface Grid {
  readonly runs: readonly GridRun[];
  /** "topk: k is 64, expected …": what is left out, and why. */
  readonly skipped: readonly string[];
}

/** Every kind at every level with every seed, seeds last, but for what cannot be. */
export function gridOf({ kinds, levels, betas, seeds, model, inputDim }: GridSpec): Grid {
  const runs: GridRun[] = [];
  const reasons = new Map<string, Set<string>>();
  const skip = (what: string, reason: string) => reasons.set(reason, (reasons.get(reason) ?? new Set()).add(what));
  for (const kind of kinds) {
    const code = codeKind({ hiddenActivation: kind });
    const base = { ...model, inputDim, hiddenActivation: kind } as SparseAutoencoderOptions;
    const penalty = model.penalty ?? penaltyFor(code, base);
    const level = levelOf(code, penalty);
    if (level === 'beta' && penaltyKind({ penalty }).beta === 0) skip(kind, `penalty ${penalty} has no weight to vary`);
    else if (level === 'beta' && betas.length === 0) {
      const why = code.zeros ? `penalty ${penalty} cannot be steered to a number of active units` : 'its units are always active';
      skip(kind, `${why}, so that --betas alone can say how strong its penalty shall be`);
    } else {
      for (const value of level === 'beta' ? betas : levels) {
        const at = { ...fitting({ ...base, penalty } as SparseAutoencoderOptions, level), [level]: value };
        const refusal = refusalOf(at);
        if (refusal !== null) skip(kind, refusal);
        else for (const seed of seeds) runs.push({ kind, penalty, level, value, seed, options: { ...at, seed } });
      }
    }
  }
  return { runs, skipped: [...reasons].map(([reason, what]) => `${[...what].join(', ')}: ${reason}`) };
}

function levelOf(code: AnyCodeKind, penalty: string): LevelOption {
  if (Object.hasOwn(code.options, 'k')) return 'k';
  return code.zeros && penaltyKind({ penalty }).steers ? 'targetL0' : 'beta';
}

/** Its own, or the first one that can be steered where its own cannot, if that tells how sparse it shall be. */
function penaltyFor(code: AnyCodeKind, base: SparseAutoencoderOptions): string {
  if (levelOf(code, code.penalty) !== 'beta' || !code.zeros) return code.penalty;
  const withPenalty = (penalty: string) => fitting({ ...base, penalty } as SparseAutoencoderOptions, 'targetL0');
  return penalties.find(({ name, steers }) => steers && refusalOf(withPenalty(name)) === null)?.name ?? code.penalty;
}

/** The options without those of kinds that were not chosen, and without a weight that nothing has or the level gives. */
function fitting(options: SparseAutoencoderOptions, level: LevelOption): SparseAutoencoderOptions {
  const code = codeKind({ hiddenActivation: options.hiddenActivation as string });
  const penalty = penaltyKind({ penalty: options.penalty as string });
  const means = (name: string) => {
    if (name === 'beta') return level !== 'beta' && penalty.beta !== 0;
    const owners = [...codes, ...penalties].filter((kind) => Object.hasOwn(kind.options, name));
    return owners.length === 0 || owners.includes(code) || owners.includes(penalty);
  };
  return Object.fromEntries(Object.entries(options).filter(([name]) => means(name))) as unknown as SparseAutoencoderOptions;
}

/** Why there is no such model; null if there is. */
function refusalOf(options: SparseAutoencoderOptions): string | null {
  try {
    completeModelOptions(options);
    return null;
  } catch (error) {
    return (error as Error).message.replace(/^SparseAutoencoder: /, '');
  }
}
