/**
 * The memory one kernel set works on, and a bump allocator for it.
 *
 * Shared memory grows as needed and arrays stay valid. Memory that is not shared would detach every
 * array when it grows, so it is reserved once, generously, and does not grow: the system commits
 * pages only when they are touched.
 */

const PAGE = 65536;
const LINE = 64;
/** Kernels may read, never use, this many bytes beyond an array. */
const PADDING = 64;

/** Sizes to try, in pages: 4, 2, 1 GiB, 512, 256 and 128 MiB. */
const LIMITS = [65536, 32768, 16384, 8192, 4096, 2048];

export class Heap {
  readonly memory: WebAssembly.Memory;
  private readonly shared: boolean;
  private readonly limit: number;
  private top = PAGE;
  /** Bytes from here on have never been handed out, hence are zero. */
  private fresh = PAGE;
  /** The latest buffer over the memory, and those before it, whose arrays remain valid. */
  private buffer: ArrayBufferLike;
  private readonly earlier = new Set<ArrayBufferLike>();

  /** Memory that is not shared has room for `bytes`, or for as much as can be had. */
  constructor(shared: boolean, bytes = Infinity) {
    this.shared = shared;
    const { memory, limit } = shared ? sharedMemory() : ownMemory(Math.ceil(bytes / PAGE) + 1);
    this.memory = memory;
    this.limit = limit;
    this.buffer = memory.buffer;
  }

  /** Leaves bytes 0 … end−1 to the kernels. */
  reserve(end: number): void {
    this.top = this.fresh = align(end);
    this.growTo(this.top);
  }

  /** Zeroes, unless their place is given: see `room`. */
  floats(n: number, from = this.take(n)): Float32Array {
    return new Float32Array(this.buffer, from, n);
  }

  integers(n: number): Int32Array {
    const from = this.take(n);
    return new Int32Array(this.buffer, from, n);
  }

  mark(): number {
    return this.top;
  }

  release(mark: number): void {
    if (!(mark <= this.top)) throw new RangeError('release: this mark lies beyond what is in use');
    this.top = mark;
  }

  /** Whether the array lies in this memory. */
  holds(array: ArrayBufferView): boolean {
    return array.buffer === this.buffer || this.earlier.has(array.buffer);
  }

  /** The array's address, for the kernels. */
  address(array: ArrayBufferView): number {
    if (!this.holds(array)) {
      throw new TypeError('this array does not lie in the memory of these kernels: allocate it with floats() or integers()');
    }
    return array.byteOffset;
  }

  /** Where n elements of four bytes may lie; zeroed. */
  private take(n: number): number {
    const fresh = this.fresh;
    const from = this.room(n);
    // By eight bytes: engines fill shared memory an element at a time.
    if (from < fresh) new Float64Array(this.buffer, from, (Math.min(this.top, fresh) - from) / 8).fill(0);
    return from;
  }

  /** Where n elements of four bytes may lie that are written before they are read. */
  room(n: number): number {
    if (!Number.isInteger(n) || n < 0) throw new RangeError(`cannot allocate ${n} elements`);
    const from = this.top;
    const end = align(from + 4 * n + PADDING);
    this.growTo(end);
    this.top = end;
    this.fresh = Math.max(this.fresh, end);
    return from;
  }

  private growTo(end: number): void {
    const missing = end - this.buffer.byteLength;
    if (missing <= 0) return;
    if (end > this.limit) {
      throw new RangeError(
        `the simd kernels' memory is full: got ${Math.ceil(end / 2 ** 20)} MiB to hold, expected at most ${this.limit / 2 ** 20}; ` +
          'backend "plain" has no such limit',
      );
    }
    // A quarter more than asked for, so that many small arrays grow the memory seldom.
    const roomy = Math.min(
      Math.ceil(missing / PAGE) + Math.ceil(this.buffer.byteLength / PAGE / 4),
      (this.limit - this.buffer.byteLength) / PAGE,
    );
    try {
      this.memory.grow(roomy);
    } catch {
      throw new RangeError(`the system has no ${Math.ceil(end / 2 ** 20)} MiB for the kernels' memory`);
    }
    if (this.shared) this.earlier.add(this.buffer);
    this.buffer = this.memory.buffer;
  }
}

function align(address: number): number {
  return Math.ceil(address / LINE) * LINE;
}

function sharedMemory(): { memory: WebAssembly.Memory; limit: number } {
  return first((maximum) => new WebAssembly.Memory({ initial: 1, maximum, shared: true }));
}

function ownMemory(wanted: number): { memory: WebAssembly.Memory; limit: number } {
  return first((most) => {
    // Never the whole 4 GiB unless it is wanted: a tab that asks for everything gets nothing.
    const pages = wanted <= most ? wanted : most / 4;
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  });
}

/** The largest memory that can be had. */
function first(make: (pages: number) => WebAssembly.Memory): { memory: WebAssembly.Memory; limit: number } {
  let error: unknown;
  for (const pages of LIMITS) {
    try {
      const memory = make(pages);
      return { memory, limit: memory.buffer.byteLength > PAGE ? memory.buffer.byteLength : pages * PAGE };
    } catch (reason) {
      error = reason;
    }
  }
  throw error;
}
