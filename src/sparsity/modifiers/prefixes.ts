import { PrefixDecoder } from '../../layers/prefix-decoder.js';
import { isCount, when } from '../../numbers/checks.js';
import { modifier } from '../kind.js';

const ascending = when(
  (v) => Array.isArray(v) && v.length > 0 && v.every((h, p) => isCount(h) && (p === 0 || h > v[p - 1])),
  'a list of whole numbers, each larger than the one before, like [64, 256, 1024]',
);

/**
 * Matryoshka: the first h_p units alone must reconstruct too, for every p. (Bussmann et al. 2025.) What is general comes to
 * stand first. See layers/prefix-decoder.ts.
 */
export const prefixes = modifier({
  name: 'prefixes',
  help: 'each prefix of the code reconstructs by itself',
  options: {
    /** h₁ < … < h. Default: the whole code alone. */
    prefixes: {
      check: ascending,
      default: undefined as readonly number[] | undefined,
      help: 'numbers of units, each of which reconstructs by itself, up to hiddenDim',
    },
  },
  applies: (spec) => spec.prefixes !== undefined,
  refuse({ prefixes, hiddenDim }) {
    if (!prefixes || prefixes[prefixes.length - 1] === hiddenDim) return undefined;
    return { option: 'prefixes', expected: `a list that ends with hiddenDim ${hiddenDim}` };
  },
  decoder: (k, spec, room) => new PrefixDecoder(k, spec, spec.prefixes as readonly number[], room),
  cases: [
    { name: 'prefixes=1,3,4', options: { prefixes: [1, 3, 4] } },
    { name: 'prefixes, a partial batch, 3 rows in room for 8', options: { prefixes: [2, 4] }, n: 3, room: 8 },
  ],
});
