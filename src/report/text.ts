/** Three significant digits at most, with a true minus sign. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('-', '−');
  const rounded = Number(value.toPrecision(3));
  const text = Math.abs(rounded) >= 1000 ? rounded.toLocaleString('en-US') : String(rounded);
  return text.replace('-', '−');
}

/** One decimal, with a true minus sign: "72.3". */
export const tenths = (value: number): string => value.toFixed(1).replace('-', '−');

/** "2,000 samples", "1 sample". */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
}

/** A share in [0, 1] as a percentage of two digits: "0.31%", "12%". */
export function percent(share: number): string {
  const value = 100 * share;
  return `${value >= 10 ? value.toFixed(0) : String(Number(value.toPrecision(2)))}%`;
}

/** Its first letter a capital. */
export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** A long text cut to one line, between words where one ends in its last third. */
export function clip(text: string, longest: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= longest) return line;
  const end = line.lastIndexOf(' ', longest - 1);
  return `${line.slice(0, end > (2 * longest) / 3 ? end : longest - 1).trimEnd()}…`;
}
