import { penalty } from '../kind.js';

/** S = 0. */
export const none = penalty({
  name: 'none',
  help: 'no penalty',
  beta: 0,
  options: {},
  cases: [],
  describe: () => null,
  layer(k, { hiddenDim }) {
    const slope = { pull: k.floats(hiddenDim), l1: 0 };
    return { forward: () => 0, slope: () => slope };
  },
  meter: () => ({ add() {}, value: () => 0 }),
});
