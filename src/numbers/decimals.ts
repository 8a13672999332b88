/** So many decimals, as toFixed; what rounds to 0 has no sign. (KL's 10⁻¹⁰ takes it a little below 0 where it vanishes.) */
export const decimals = (value: number, digits: number): string => value.toFixed(digits).replace(/^-(?=[0.]*$)/, '');

/** To four digits, for reading: a weight such as 2/784 has no end. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
