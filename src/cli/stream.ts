import { setImmediate as turn } from 'node:timers/promises';
import { failing } from '../formats/entries.js';
import { InPlace, isBlank } from '../formats/in-place.js';
import { dense, isSparse, type Notation, separated, sparse } from '../formats/notation.js';
import { type Csr, isCsr } from '../numbers/csr.js';
import { type DType, type FloatArray, firstNonFinite, floats } from '../numbers/matrix.js';

/** What becomes of lines. */
export interface Lines {
  /** How errors call them. */
  readonly name: string;
  /** Numbers that a line has, and numbers that take their place. */
  readonly inputDim: number;
  readonly outputDim: number;
  readonly dtype: DType;
  /** So many rows to as many; where `to` is a sparse notation, by their non-zeros. */
  apply(data: FloatArray, rows: number): FloatArray | Csr;
  /** How they are written; if it is not given, as the numbers came. */
  readonly to?: Notation;
  readonly delimiter?: string;
  readonly header?: boolean;
  /** Of objects the field of the numbers, if it is not the first that fits, and what that of the answer is called, if otherwise. */
  readonly field?: string;
  readonly calledNext?: string;
  /** What a line that names the columns has to name, if the model knows. */
  readonly inputNames: readonly string[];
}

/** Lines that are there already are taken together, up to so many bytes of them. */
const ENOUGH = 2 ** 20;
/** Numbers that are computed at a time. */
const AT_ONCE = 2 ** 20;
/** A line that goes on beyond this is no row of numbers. */
const LONGEST = 2 ** 26;
const LINE_FEED = 0x0a;

/**
 * Answers each line of `input` with one line, in order, as they come: its numbers give way to what `apply` makes of them, and
 * all else in it, keys and other fields, is passed on byte for byte. A blank line is answered by a blank line; a first line
 * that names columns by none. What has come is answered and written before more is waited for, and no more is read before
 * that is written: neither a fast writer nor a slow reader makes memory grow. If the reader goes away, that is the end.
 * @throws RangeError naming the line that is not as it should be, when the answers to those before it have been written
 */
export async function answerLines(input: AsyncIterable<Uint8Array>, output: NodeJS.WritableStream, lines: Lines): Promise<void> {
  const answers = new Answers(lines);
  const write = (bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      output.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  try {
    for await (const block of wholeLines(input, lines.name)) for (const answer of answers.to(block)) await write(answer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

/** What has come, up to its last line feed, each time that no more of it is there; at the end the rest. */
async function* wholeLines(input: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const chunks = input[Symbol.asyncIterator]();
  const following = () => {
    const next = chunks.next();
    // It is awaited below, whatever happens until then.
    next.catch(() => {});
    return next;
  };
  let pieces: Uint8Array[] = [];
  let size = 0;
  let whole = false;
  for (let next = following(); ; ) {
    const { value, done } = await next;
    if (!done) {
      next = following();
      pieces.push(value);
      size += value.length;
      whole ||= value.includes(LINE_FEED);
      if (!whole && size > LONGEST) failing(name)(`has a line longer than ${LONGEST / 2 ** 20} MiB`);
      if (!whole || (size < ENOUGH && (await Promise.race([next.then(() => true), turn(false)])))) continue;
    }
    const all = Buffer.concat(pieces);
    const end = done ? size : all.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) yield all.subarray(0, end);
    if (done) return;
    pieces = end < size ? [all.subarray(end)] : [];
    size -= end;
    whole = false;
  }
}

/** The lines of one input, read and answered some at a time. */
class Answers {
  private readonly lines: Lines;
  private readonly reader: InPlace;
  private readonly x: FloatArray;
  private readonly most: number;
  /** The new name of the field, one character a byte. */
  private readonly called: string | undefined;
  private write: Write | undefined;
  private number = 0;
  /** Rows of x that wait for their answers, and the lines, blank ones too. */
  private rows = 0;
  private waiting: (Place | null)[] = [];

  constructor(lines: Lines) {
    const { name, inputDim, outputDim, dtype, delimiter, header, to, field, calledNext } = lines;
    this.lines = lines;
    this.reader = new InPlace({ cols: inputDim, name, delimiter, header, field, calledNext });
    this.called = calledNext === undefined ? undefined : Buffer.from(JSON.stringify(calledNext)).toString('latin1');
    this.most = Math.max(1, Math.floor(AT_ONCE / Math.max(inputDim, isSparse(to) ? 1 : outputDim)));
    this.x = floats(dtype, this.most * inputDim);
  }

  /** The answers to whole lines, the last of which may lack its line feed. */
  *to(block: Uint8Array): Generator<Uint8Array> {
    const bytes = Buffer.from(block.buffer, block.byteOffset, block.length);
    for (let from = 0; from < bytes.length; ) {
      const found = bytes.indexOf(LINE_FEED, from);
      const to = found < 0 ? bytes.length : found;
      this.number++;
      if (isBlank(bytes, from, to)) this.waiting.push(null);
      else {
        try {
          this.read(bytes, from, to);
        } catch (error) {
          yield* this.answer(bytes);
          throw error;
        }
      }
      if (this.rows === this.most) yield* this.answer(bytes);
      from = to + 1;
    }
    yield* this.answer(bytes);
  }

  private read(bytes: Buffer, from: number, to: number): void {
    const { reader, number, rows } = this;
    const { name, inputDim, inputNames } = this.lines;
    if (reader.read(bytes, from, to, number, this.x, rows * inputDim)) {
      const { begin, end, within, nameBegin, nameEnd } = reader;
      this.waiting.push({ number, from, begin, end, to, within, nameBegin, nameEnd });
      this.rows++;
      this.write ??= writer(this.lines, reader);
      return;
    }
    const at = inputNames.findIndex((expected, j) => reader.names?.[j] !== expected);
    if (at >= 0) {
      failing(`${name} line ${number}`)(
        `column ${at} of the numbers is "${reader.names?.[at]}", expected "${inputNames[at]}", as the model was trained`,
      );
    }
  }

  private *answer(bytes: Buffer): Generator<Uint8Array> {
    const { name, inputDim, outputDim } = this.lines;
    const { rows, waiting, write, called } = this;
    if (waiting.length === 0) return;
    const made = rows ? this.lines.apply(this.x.subarray(0, rows * inputDim), rows) : this.x.subarray(0, 0);
    const numbers = isCsr(made) ? made.data : made;
    this.rows = 0;
    this.waiting = [];
    const bad = firstNonFinite(numbers);
    let text = '';
    let row = 0;
    for (const place of waiting) {
      if (place && write) {
        const { number, from, begin, end, to, within, nameBegin, nameEnd } = place;
        const fail = failing(`${name} line ${number}`);
        try {
          if (bad >= 0 && bad < (isCsr(made) ? made.indptr[row + 1] : (row + 1) * outputDim))
            fail(`comes to ${numbers[bad]}, expected finite numbers`);
          // One character a byte, so that what is passed on stays what it is.
          const before =
            called === undefined
              ? bytes.toString('latin1', from, begin)
              : bytes.toString('latin1', from, nameBegin) + called + bytes.toString('latin1', nameEnd, begin);
          text += before + write(made, row++, within) + bytes.toString('latin1', end, to);
        } catch (error) {
          yield Buffer.from(text, 'latin1');
          throw error;
        }
      }
      text += '\n';
    }
    yield Buffer.from(text, 'latin1');
  }
}

/** A line by its bytes: its beginning, its numbers, its end. */
interface Place extends Pick<InPlace, 'begin' | 'end' | 'within' | 'nameBegin' | 'nameEnd'> {
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

type Write = (made: FloatArray | Csr, row: number, within: Place['within']) => string;

/** How the numbers of lines like the first are written in their place. */
function writer({ to, outputDim, name }: Lines, { manner, separator, delimiter, keys }: InPlace): Write {
  const kind = to ?? (manner === 'json' || manner === 'array' ? 'jsonl' : undefined);
  const inFull = kind && !isSparse(kind) ? dense[kind] : separated(separator);
  const bare = kind === undefined || kind === 'csv' || kind === 'tsv';
  const cell = !bare && manner !== 'json' && delimiter === ',' && keys > 0;
  return (made, row, within) => {
    const written = isSparse(kind)
      ? sparse[kind](made as Csr, row)
      : inFull(made as FloatArray, row * outputDim, (row + 1) * outputDim);
    if (within === 'object') {
      if (bare) failing(name)(`holds objects, expected --to jsonl, sparse or sparsevec`);
      return kind === 'sparsevec' ? `"${written}"` : written;
    }
    return cell || (within && !bare) ? `"${written.replaceAll('"', '""')}"` : written;
  };
}
