/** So many decimals, as toFixed; what rounds to 0 has no sign. (KL's 10⁻¹⁰ takes it a little below 0 where it vanishes.) */
export const decimals = (value: number, digits: number): string => value.toFixed(digits).replace(/^-(?=[0.]*$)/, '');
