import { kernelCode } from './elementwise.js';

/** f = max(0, z), σ′ = 1 where f > 0, else 0: a code that is mostly zeros by itself. */
export const relu = kernelCode('relu', { help: 'max(0, z)', nonNegative: true, zeros: true });
