import { transposeMatrix } from '../../kernels/selected.js';
import { when } from '../../numbers/checks.js';
import { modifier } from '../kind.js';

/**
 * W_enc = W_decᵀ: for good (`true`), when W_dec is the parameter and has both gradients (see layers/tied.ts), or as
 * the two start ('start'). (Vincent et al. 2008 tie for good; Gao et al. 2024, section 2.4, as it starts.)
 */
export const tied = modifier({
  name: 'tied',
  help: 'the encoder weight is, or starts as, the transposed decoder weight',
  options: {
    /** true, 'start' or false. Default false. */
    tied: {
      check: when((v) => v === 'start' || typeof v === 'boolean', 'true, false or "start"'),
      default: false as boolean | 'start',
      help: 'W_enc is W_decᵀ, or starts as it ("start")',
    },
  },
  applies: (spec) => spec.tied !== false,
  refuse({ tied, inputDim, outputDim }) {
    if (tied === false || inputDim === outputDim) return undefined;
    return {
      option: 'tied',
      expected: `false where outputDim ${outputDim} is not inputDim ${inputDim}: W_enc and W_decᵀ differ in shape`,
    };
  },
  start({ encoderWeight, decoderWeight }) {
    if (encoderWeight) transposeMatrix(encoderWeight, decoderWeight);
  },
  cases: [
    { name: 'tied', options: { tied: true } },
    { name: 'tied, preBias, λ=0.01', options: { tied: true, preBias: true, weightDecay: 0.01 } },
  ],
});
