import { kernelCode } from './elementwise.js';

/** f = tanh z, σ′ = 1 − f². */
export const tanh = kernelCode('tanh', { help: 'tanh z', nonNegative: false, zeros: false });
