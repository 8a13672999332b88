import { kernelCode } from './elementwise.js';

/** f = z, σ′ = 1: a linear code. */
export const identity = kernelCode('identity', { help: 'z', nonNegative: false, zeros: false });
