/** WordNet's categories of nouns by number, from 3 on, the first: lexnames(5WN). */
const CATEGORIES =
  'tops act animal artifact attribute body cognition communication event feeling food group location motive object person phenomenon plant possession process quantity relation shape state substance time'.split(
    ' ',
  );

/** What category `number` is called, of two digits as the files have them. */
export const categoryOf = (number: string): string => CATEGORIES[Number(number) - 3];
