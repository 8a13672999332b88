import { flag } from '../../numbers/checks.js';
import { modifier } from '../kind.js';

/**
 * The encoder sees X less the decoder's bias: Z = (X − 1·b_decᵀ)·W_enc + 1·b_encᵀ, and b_dec has both gradients.
 * It stands around the encoder: see layers/encoder.ts. (Bricken et al. 2023, "Towards monosemanticity", appendix.)
 */
export const preBias = modifier({
  name: 'preBias',
  help: 'the encoder sees X less the decoder bias',
  options: {
    /** Default false. */
    preBias: { check: flag, default: false as boolean, help: 'take the decoder bias from X before the encoder' },
  },
  applies: (spec) => spec.preBias,
  refuse({ preBias, inputDim, outputDim }) {
    if (!preBias || inputDim === outputDim) return undefined;
    return {
      option: 'preBias',
      expected: `false where outputDim ${outputDim} is not inputDim ${inputDim}: b_dec is taken from X`,
    };
  },
  cases: [{ name: 'preBias', options: { preBias: true } }],
});
