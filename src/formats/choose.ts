import type { Fail } from './entries.js';
import { grouped } from './header.js';

/** As many arrays are looked at where none is named. */
const MANY = 100;
/** As many are listed in an error. */
const LISTED = 12;

/**
 * Which of a file's arrays is the table: the one of that name, or the only one, or the only one of two dimensions
 * or more.
 */
export function choose(
  names: readonly string[],
  wanted: string | undefined,
  shapeOf: (name: string) => readonly number[],
  fail: Fail,
): string {
  const list = (describe: (name: string) => string) => {
    const shown = names.slice(0, LISTED).map(describe);
    return names.length > LISTED ? `${shown.join(', ')} and ${grouped(names.length - LISTED)} more` : shown.join(', ');
  };
  const quoted = (name: string) => JSON.stringify(name.slice(0, 99));
  if (names.length === 0) fail('holds no arrays');
  if (wanted !== undefined) {
    return names.includes(wanted) ? wanted : fail(`has no array ${quoted(wanted)}, expected one of ${list(quoted)}`);
  }
  if (names.length === 1) return names[0];
  if (names.length > MANY) fail(`holds ${grouped(names.length)} arrays, name one of ${list(quoted)}`);
  const matrices = names.filter((name) => shapeOf(name).length >= 2);
  if (matrices.length === 1) return matrices[0];
  return fail(`holds several arrays, name one of ${list((name) => `${quoted(name)} (${shapeOf(name).join(' × ')})`)}`);
}
