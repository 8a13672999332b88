import { bytesOf, countOf, DTYPES, type DType, entriesAt, type Fail, failing, type Tensor } from './entries.js';

/**
 * The safetensors container (github.com/huggingface/safetensors, "Format"), little-endian throughout.
 *   bytes 0–7   N, the length of the header
 *   N bytes     JSON that begins with {: name → { dtype, shape, data_offsets: [begin, end] }, offsets counted
 *               from the header's end; "__metadata__" → a map of strings to strings; spaces may follow
 *   the rest    the tensors' entries, without holes or overlaps
 */
export interface Safetensors {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Map<string, string>;
}

const MAX_HEADER = 1e8;
const METADATA = '__metadata__';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isDType = (value: unknown): value is DType => DTYPES.includes(value as DType);
const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const areSizes = (value: unknown): value is number[] => Array.isArray(value) && value.every(isSize);
/** Of a name or a type that a file gives, as much as an error should repeat. */
const quote = (text: unknown) => (typeof text === 'string' ? JSON.stringify(text.slice(0, 99)) : typeof text);

/**
 * Tensors are views of `bytes` where their alignment allows it, copies elsewhere.
 * @param name how errors call the file
 * @throws RangeError naming the byte, key or tensor that breaks the format
 */
export function readSafetensors(bytes: Uint8Array, name: string): Safetensors {
  const fail: Fail = failing(name);
  if (bytes.length < 8) fail(`ends at byte ${bytes.length}, within the header's length, expected 8 bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER) fail(`bytes 0–7 give the header ${length} bytes, expected at most ${MAX_HEADER}`);
  const start = 8 + length;
  if (start > bytes.length) fail(`ends at byte ${bytes.length}, within the header, expected ${start} bytes`);
  if (!length || bytes[8] !== 0x7b) fail('byte 8 is not {, where the header begins');
  const metadata = new Map<string, string>();
  const placed: { key: string; dtype: DType; shape: number[]; begin: number; end: number }[] = [];
  for (const [key, value] of Object.entries(parseHeader(bytes.subarray(8, start), fail))) {
    const bad: Fail = (what) => fail(`${quote(key)}: ${what}`);
    if (!isObject(value)) bad('is not an object');
    if (key === METADATA) {
      for (const [entry, text] of Object.entries(value)) {
        metadata.set(entry, typeof text === 'string' ? text : bad(`${quote(entry)} is not a string`));
      }
      continue;
    }
    const { dtype, shape, data_offsets: offsets } = value;
    if (!isDType(dtype)) bad(`dtype is ${quote(dtype)}, expected one of ${DTYPES}`);
    if (!areSizes(shape)) bad('shape is not a list of sizes');
    if (!areSizes(offsets) || offsets.length !== 2) bad('data_offsets is not [begin, end]');
    const [begin, end] = offsets;
    const size = countOf(shape) * bytesOf(dtype);
    if (end - begin !== size) bad(`data_offsets hold ${end - begin} bytes, expected ${size}, as dtype and shape say`);
    placed.push({ key, dtype, shape, begin, end });
  }
  let at = 0;
  for (const { key, begin, end } of placed.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) fail(`${quote(key)}: data_offsets begin at ${begin}, expected ${at}, where the tensor before ends`);
    at = end;
  }
  if (start + at !== bytes.length) fail(`ends at byte ${bytes.length}, expected ${start + at}, where the last tensor ends`);
  const tensors = new Map<string, Tensor>();
  for (const { key, dtype, shape, begin, end } of placed) {
    tensors.set(key, { dtype, shape, data: entriesAt(bytes, dtype, start + begin, start + end) });
  }
  return { tensors, metadata };
}

function parseHeader(bytes: Uint8Array, fail: Fail): object {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const header = JSON.parse(text);
    refuseDuplicates(text, fail);
    return header;
  } catch (error) {
    throw error instanceof RangeError ? error : fail(`the header is not JSON: ${(error as Error).message}`);
  }
}

/** Of two equal keys JSON.parse keeps the last: which one a reader believes must not depend on the reader. */
function refuseDuplicates(json: string, fail: Fail): void {
  const open: Set<string>[] = [];
  let string = -1;
  for (const { 0: token, index } of json.matchAll(/\\.|"\s*:?|[{}]/g)) {
    if (string < 0) {
      if (token[0] === '"') string = index;
      else if (token === '{') open.push(new Set());
      else open.pop();
    } else if (token[0] === '"') {
      if (token.endsWith(':')) {
        const key = JSON.parse(json.slice(string, index + 1));
        const keys = open[open.length - 1];
        if (keys.has(key)) fail(`the header has the key ${quote(key)} twice`);
        keys.add(key);
      }
      string = -1;
    }
  }
}

/**
 * The bytes of a file, tensors in the order of the reference implementation: widest type first, then by name.
 * @throws RangeError naming a tensor whose entries are not as many as its shape says, or a name given twice
 */
export function writeSafetensors(
  tensors: Iterable<readonly [string, Tensor]>,
  metadata: Iterable<readonly [string, string]> = [],
): Uint8Array<ArrayBuffer> {
  const rank = ({ dtype }: Tensor) => DTYPES.indexOf(dtype);
  const sorted = [...tensors].sort(([a, s], [b, t]) => rank(s) - rank(t) || (a < b ? -1 : 1));
  const about = Object.fromEntries(metadata);
  const header: [string, object][] = Object.keys(about).length ? [[METADATA, about]] : [];
  const names = new Set([METADATA]);
  let at = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    if (names.has(name)) throw new RangeError(`tensor ${quote(name)}: the name is taken`);
    if (data.length !== countOf(shape) || data.BYTES_PER_ELEMENT !== bytesOf(dtype)) {
      throw new RangeError(`tensor ${quote(name)}: ${data.byteLength} bytes, expected [${shape}] of ${dtype}`);
    }
    names.add(name);
    header.push([name, { dtype, shape, data_offsets: [at, at + data.byteLength] }]);
    at += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + at);
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes.fill(0x20, 8 + text.length, 8 + length);
  bytes.set(text, 8);
  at = 8 + length;
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}
