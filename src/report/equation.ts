import type { SettledOptions } from '../core/options.js';
import { summandNames } from '../model/summands.js';
import { decimals } from '../numbers/decimals.js';

/** J on some rows and what it is made of; S with the weight that it had there, a mean where that moved. */
export interface Summed {
  readonly loss: number;
  readonly reconstruction: number;
  readonly sparsity: number;
  readonly beta: number;
}

/** Digits after the point, and how far a figure is off by them at the most. */
const DIGITS = 4;
const HALF = 0.5 * 10 ** -DIGITS;

export const four = (x: number): string => decimals(x, DIGITS);

/** How the loss is made up, as figures that add up to within their rounding: "0.0284 = mse 0.0191 + 0.1·kl 0.0934". */
export function equationOf({ options }: { readonly options: SettledOptions }): (sum: Summed) => string {
  const { reconstruction, penalty, rest } = summandNames(options);
  return ({ loss, reconstruction: r, sparsity, beta }) => {
    const summands = [`${reconstruction} ${four(r)}`];
    if (penalty !== null) summands.push(`${weight(beta, sparsity)}·${penalty} ${weighted(sparsity, beta)}`);
    if (rest !== null) summands.push(`${rest} ${four(loss - r - beta * sparsity)}`);
    return `${four(loss)} = ${summands.join(' + ')}`;
  };
}

/** β in as few digits, from three on, as β·S needs to be right. */
function weight(beta: number, sparsity: number): string {
  for (let digits = 3; digits < 17; digits++) {
    const rounded = Number(beta.toPrecision(digits));
    if (Math.abs(rounded - beta) * Math.abs(sparsity) <= HALF) return String(rounded);
  }
  return String(beta);
}

/** And S. */
function weighted(sparsity: number, beta: number): string {
  const digits = DIGITS + Math.max(0, Math.ceil(Math.log10(beta)));
  return decimals(sparsity, Number.isFinite(digits) ? Math.min(digits, 20) : DIGITS);
}
