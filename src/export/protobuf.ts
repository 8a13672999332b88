/**
 * Messages in protocol buffers' encoding (protobuf.dev/programming-guides/encoding): field after field, each a varint of
 * 8 × its number + its kind, then its value.
 */

const VARINT = 0;
const LENGTH = 2;
const FOUR_BYTES = 5;

/** Bytes in pieces, which are not copied until all is known. */
export interface Message {
  readonly size: number;
  readonly pieces: readonly Uint8Array[];
}

/** A whole number of at most 2⁵³, a float, a text, bytes, a message; or several of one of these. */
export type Value = number | { readonly float: number } | string | Uint8Array | Message;

/** Its number, and what it holds: nothing, one thing or several. */
export type Field = readonly [number, Value | readonly Value[] | undefined];

/** Fields in the order in which they are given. */
export function message(...fields: readonly Field[]): Message {
  const pieces: Uint8Array[] = [];
  for (const [field, value] of fields) {
    if (value === undefined) continue;
    for (const each of isList(value) ? value : [value]) pieces.push(...encoded(field, each));
  }
  return { size: pieces.reduce((sum, piece) => sum + piece.length, 0), pieces };
}

export function toBytes({ size, pieces }: Message): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

const isList = (value: Value | readonly Value[]): value is readonly Value[] => Array.isArray(value);

function encoded(field: number, value: Value): readonly Uint8Array[] {
  if (typeof value === 'number') return [varint(8 * field + VARINT), varint(value)];
  if (typeof value === 'string') return encoded(field, new TextEncoder().encode(value));
  if (value instanceof Uint8Array) return [varint(8 * field + LENGTH), varint(value.length), value];
  if ('float' in value) return [varint(8 * field + FOUR_BYTES), new Uint8Array(Float32Array.of(value.float).buffer)];
  return [varint(8 * field + LENGTH), varint(value.size), ...value.pieces];
}

/** Seven bits a byte, the lowest first; all but the last have the eighth set. A negative number is the 64 bits that it is. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
