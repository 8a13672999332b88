import type { Fail } from './entries.js';
import { shown, type TextRows } from './text.js';

/** What a field of a file's rows holds, as far as this library asks. */
export type FieldKind = 'list' | 'number' | 'text' | 'other';

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
}

/** Which fields are what; those that are not named are found by what they hold. */
export interface FieldOptions {
  /** The list of numbers. By default the only one, or, where there is none, all fields of one number each. */
  readonly embedding?: string;
  /** Texts that go with the rows. By default the only field of texts, or the one called "text". */
  readonly text?: string | number;
  /** Names of the rows. By default the field called "id", "_id" or "custom_id". */
  readonly id?: string | number;
  /** Labels: none if not named. */
  readonly label?: string | number;
}

/** The fields that are read. */
export interface Picked {
  /** The list of numbers, or null: then each of `numbers` is a column. */
  readonly list: string | null;
  readonly numbers: readonly string[];
  readonly kept: Readonly<Partial<Record<Kept, string>>>;
}

/** What stays beside the numbers, by the name that a table has for it. */
export type Kept = 'ids' | 'texts' | 'labels';

const IDS = ['id', '_id', 'custom_id'];
/** What an embedding service writes into each of its answers. */
const CONSTANT = ['object', 'model'];

export function pick(fields: readonly Field[], { embedding, text, id, label }: FieldOptions, fail: Fail): Picked {
  const listed = (some: readonly Field[]) =>
    some
      .slice(0, 12)
      .map(({ name }) => shown(name))
      .join(', ') + (some.length > 12 ? ' …' : '');
  const of = (...kinds: FieldKind[]) => fields.filter(({ kind }) => kinds.includes(kind));
  const named = (flag: string, name: string | number | undefined, ...kinds: FieldKind[]): string | undefined => {
    if (name === undefined) return undefined;
    const field = fields.find((each) => each.name === String(name));
    if (field && kinds.includes(field.kind)) return field.name;
    const what = kinds.includes('list') ? 'numbers in a list' : 'texts or numbers';
    const expected = of(...kinds).length ? `expected one of ${listed(of(...kinds))}` : `and none that holds ${what}`;
    return fail(
      `${field ? `field ${shown(field.name)} does not hold ${what}` : `has no field ${shown(String(name))}`} for the ${flag}, ${expected}`,
    );
  };

  const ids = named('id', id, 'text', 'number') ?? of('text', 'number').find(({ name }) => IDS.includes(name))?.name;
  const labels = named('label', label, 'text', 'number');
  const free = of('text').filter(({ name }) => name !== ids && name !== labels && ![...IDS, ...CONSTANT].includes(name));
  const texts =
    named('text', text, 'text', 'number') ??
    (free.find(({ name }) => name === 'text') ?? (free.length === 1 ? free[0] : null))?.name;
  const kept = {
    ...(ids !== undefined && { ids }),
    ...(texts !== undefined && { texts }),
    ...(labels !== undefined && { labels }),
  };

  const lists = of('list');
  const list = named('embedding', embedding, 'list') ?? (lists.length === 1 ? lists[0].name : null);
  if (list !== null) return { list, numbers: [], kept };
  if (lists.length > 1) fail(`holds several lists of numbers, expected embedding to name one of ${listed(lists)}`);
  const numbers = of('number')
    .map(({ name }) => name)
    .filter((name) => !Object.values(kept).includes(name));
  if (numbers.length === 0)
    fail(`has no field of numbers, expected a list of them${fields.length ? ` beside ${listed(fields)}` : ''}`);
  return { list: null, numbers, kept };
}

/** The part of a table that holds what is kept, empty to begin with. */
export const keeping = ({ kept }: Picked): Pick<TextRows, Kept> =>
  Object.fromEntries(Object.keys(kept).map((name) => [name, []]));
