import { kernelCode } from './elementwise.js';

/** f = 1/(1 + e^−z), σ′ = f(1 − f): UFLDL's code, sparse in that most units are close to 0. */
export const sigmoid = kernelCode('sigmoid', { help: '1/(1 + e^−z)', nonNegative: true, zeros: false });
