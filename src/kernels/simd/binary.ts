/** The compiled kernels, as a module: once per process and kind of memory. */

import { fromText } from './text.js';
import { wasm } from './wasm.js';

/** (module (func (result v128) i32.const 0 i8x16.splat)) */
const TINY_SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11];

const IMPORT_SECTION = 2;
const SHARED_WITH_MAXIMUM = 3;
const MAXIMUM_ONLY = 1;

let supported: boolean | undefined;
const modules = new Map<boolean, WebAssembly.Module>();

/** How often the kernels are to be compiled anew: see `recompile`. */
let edition = 0;
let wide = false;

/** Whether there is a WebAssembly with SIMD that may be used. Never throws. */
export function simdSupported(): boolean {
  if (supported === undefined) {
    try {
      const bytes = new Uint8Array(TINY_SIMD);
      // A content security policy forbids to compile, not to validate.
      supported = WebAssembly.validate(bytes) && new WebAssembly.Module(bytes) instanceof WebAssembly.Module;
    } catch {
      supported = false;
    }
  }
  return supported;
}

/** The kernels for shared memory, or for memory of one thread's own. */
export function kernelModule(shared: boolean): WebAssembly.Module {
  let module = modules.get(shared);
  if (!module) {
    const bytes = fromText(wasm);
    if (!shared) bytes[memoryFlagsAt(bytes)] = MAXIMUM_ONLY;
    module = new WebAssembly.Module(edition > 0 ? marked(bytes, edition) : bytes);
    modules.set(shared, module);
  }
  return module;
}

/** Whether any kernels have been compiled here. */
export const isCompiled = (): boolean => modules.size > 0;

/** Whether the engine has been told to pair vectors, and kernels are to be made for that: see wide.ts. */
export const isWide = (): boolean => wide;

/** Kernels made from now on are compiled afresh, for an engine that pairs vectors or one that does not. */
export function recompile(forWide: boolean): void {
  modules.clear();
  edition++;
  wide = forWide;
}

/** The same program with a custom section at its end, lest an engine take up what it has made of the same bytes before. */
function marked(bytes: Uint8Array, mark: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...bytes, 0, 2, 1, mark]);
}

/** Where the limits flags of the one import, the memory, stand. */
function memoryFlagsAt(bytes: Uint8Array): number {
  let at = 8;
  const leb = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const skipName = (): void => {
    const length = leb();
    at += length;
  };
  for (;;) {
    const section = bytes[at++];
    const size = leb();
    if (section === IMPORT_SECTION) break;
    at += size;
  }
  leb(); // the number of imports
  skipName(); // the import's module
  skipName(); // its field
  at++; // its kind: memory
  if (bytes[at] !== SHARED_WITH_MAXIMUM) throw new Error('the kernels do not import a shared memory');
  return at;
}
