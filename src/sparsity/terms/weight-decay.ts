import { notNegative } from '../../numbers/checks.js';
import { term } from '../kind.js';

/** (λ/2)·(‖W_enc‖² + ‖W_dec‖²)   ⇒   dW ← dW + λ·W, for both weights. */
export const weightDecay = term({
  name: 'weightDecay',
  help: 'decay of both weights',
  options: {
    /** λ ≥ 0. Default 0. */
    weightDecay: { check: notNegative, default: 0, help: 'weight decay (λ)' },
  },
  applies: (spec) => spec.weightDecay !== 0,
  value: (k, spec, θ) => (spec.weightDecay / 2) * (k.sumOfSquares(θ.encoderWeight.data) + k.sumOfSquares(θ.decoderWeight.data)),
  backward(k, spec, θ, dθ) {
    k.axpy(dθ.encoderWeight.data, spec.weightDecay, θ.encoderWeight.data);
    k.axpy(dθ.decoderWeight.data, spec.weightDecay, θ.decoderWeight.data);
  },
  cases: [{ name: 'λ=0.01', options: { weightDecay: 0.01 } }],
});
