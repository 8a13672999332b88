import type { SparseAutoencoderOptions } from '../core/options.js';

/** How strong a way of being sparse is: the number that its slider moves. */
export interface Strength {
  readonly symbol: string;
  readonly label: string;
  readonly low: number;
  readonly high: number;
  readonly start: number;
  /** Whether it is a count of units; otherwise it is β, on a logarithmic scale. */
  readonly whole: boolean;
}

/** A way of being sparse, as the page offers it. */
export interface Kind {
  readonly name: string;
  readonly label: string;
  /** One sentence for someone who meets it for the first time. */
  readonly says: string;
  readonly options: Partial<SparseAutoencoderOptions>;
  readonly strength: Strength | null;
  /** Whether ρ, the mean activation that is asked of every unit, means something. */
  readonly rho: boolean;
}

const beta = (start: number, low: number, high: number): Strength => ({
  symbol: 'β',
  label: 'Strength of the penalty, β',
  low,
  high,
  start,
  whole: false,
});

const kept: Strength = { symbol: 'k', label: 'Units kept a sample, k', low: 1, high: 64, start: 10, whole: true };

export const kinds: readonly Kind[] = [
  {
    name: 'kl',
    label: 'KL: a target for every unit',
    says: 'Every unit is asked to be active ρ on average; too loud and too silent both cost.',
    options: { hiddenActivation: 'relu', penalty: 'kl' },
    strength: beta(0.05, 0.001, 3),
    rho: true,
  },
  {
    name: 'l1',
    label: 'L1: every activation costs',
    says: 'Every activation costs what it is worth; small ones go to zero.',
    options: { hiddenActivation: 'relu', penalty: 'l1' },
    strength: beta(0.0003, 0.00001, 0.01),
    rho: false,
  },
  {
    name: 'topk',
    label: 'TopK: the k strongest',
    says: 'Of each sample the k strongest units are kept, all others are silent: there is no penalty.',
    options: { hiddenActivation: 'topk', penalty: 'none' },
    strength: kept,
    rho: false,
  },
  {
    name: 'batch-topk',
    label: 'BatchTopK: k on average',
    says: 'Of each batch the strongest units are kept, k a sample on average: a hard one may have more.',
    options: { hiddenActivation: 'batch-topk', penalty: 'none' },
    strength: kept,
    rho: false,
  },
  {
    name: 'jumprelu',
    label: 'JumpReLU: a threshold each',
    says: 'Every unit learns how loud it must be to be heard at all; each one heard costs the same.',
    options: { hiddenActivation: 'jumprelu', penalty: 'l0' },
    strength: beta(0.0003, 0.00001, 0.01),
    rho: false,
  },
  {
    name: 'gated',
    label: 'Gated: whether, then how much',
    says: 'One half of a unit says whether it is active, the other how much; only the first is penalised.',
    options: { hiddenActivation: 'gated', penalty: 'l1' },
    strength: beta(0.0003, 0.00001, 0.01),
    rho: false,
  },
  {
    name: 'none',
    label: 'None: nothing asked',
    says: 'Nothing asks for silence: an ordinary autoencoder, to compare with.',
    options: { hiddenActivation: 'relu', penalty: 'none' },
    strength: null,
    rho: false,
  },
];

export const kindNamed = (name: string): Kind => kinds.find((kind) => kind.name === name) ?? kinds[0];
