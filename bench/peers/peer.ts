/**
 * A contestant: a process of its own that answers one JSON line with another, and sleeps in between, so
 * that neither its threads nor its memory disturb whoever has the turn. `pytorch.py`, `jax.ts`, `tfjs.ts`
 * and `ours.ts` all understand:
 *
 *   hello                                 → { kernels, threads }    what it runs on, by its own account
 *   load { …Load }                        → {}                     the rows, the starting weights; Adam anew
 *   steps { count }                       → { losses }             steps on the rows as they come
 *   train { batches, epochs, warmUp }     → { seconds }            of each shuffled epoch, after `warmUp` steps
 *   transform { budget, out }             → { seconds }            of each call; the code goes to the file `out`
 *   topk { budget, out }                  → { seconds }            of each call; what its entries come to goes to `out`
 *   gemm { …Product, budget }             → { seconds, norm }      of each call; norm = √Σc²
 *   kernel { …KernelCall, budget }        → { seconds, norm }      ours only: one kernel alone
 *   profile { …Load, threads, epochs }    → { lines, megabytes }   ours only: where an epoch's time goes
 *   read { path, tries }                  → { seconds, read }      ours only: a table's fastest reading, and some of it
 *
 * Files hold little-endian float32. Whatever goes wrong is answered with { error }.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Activation, Reconstruction } from '../library.js';
import type { NodeVersion } from '../nodes.js';
import { cleanEnvironment } from './environment.js';

/** What to train, on what, from where. */
export interface Load<Objective = JobObjective> {
  inputDim: number;
  hiddenDim: number;
  batchSize: number;
  objective: Objective;
  /** File of rows × inputDim. */
  data: string;
  /** File of W_enc, b_enc, W_dec, b_dec, end to end. */
  parameters: string;
}

/** J and its Adam; the output is a sigmoid, the penalty KL. */
export interface JobObjective {
  hiddenActivation: Extract<Activation, 'relu' | 'sigmoid'>;
  reconstruction: Extract<Reconstruction, 'mse' | 'half-sse'>;
  sparsityParam: number;
  beta: number;
  weightDecay: number;
  learningRate: number;
  epsilon: number;
}

/** A TopK dictionary's J and its Adam; the output is the identity, and there is no penalty. */
export interface DictionaryObjective {
  hiddenActivation: 'topk';
  k: number;
  outputActivation: 'identity';
  reconstruction: 'mse';
  learningRate: number;
  epsilon: number;
}

export type AnyLoad = Load | Load<DictionaryObjective>;

/** C = A·B, n×m = n×k · k×m; A is stored transposed in form 'TN', B in form 'NT'. */
export interface Product {
  form: 'NN' | 'TN' | 'NT';
  n: number;
  k: number;
  m: number;
  /** Files of the operands. */
  a: string;
  b: string;
}

/** What a contestant runs on, by its own account: 'OpenBLAS 0.3.21, Cooperlake' and '2 threads'. */
export interface Grounds {
  kernels: string;
  threads: string;
}

/** What one call comes to: useful multiplications and additions, and bytes if each operand moves once. */
export interface Cost {
  name: string;
  flops: number;
  bytes: number;
}

/** The calls of one operation. */
export interface Line extends Cost {
  seconds: number;
  calls: number;
}

export interface Answers {
  hello: Grounds;
  load: object;
  steps: { losses: number[] };
  train: { seconds: number[]; first?: number; density?: number };
  transform: { seconds: number[] };
  topk: { seconds: number[] };
  gemm: { seconds: number[]; norm: number };
  kernel: { seconds: number[]; norm: number };
  profile: { lines: Line[]; megabytes: number };
  read: { seconds: number; read: number[] };
}

/** How to start a contestant. */
export interface Launch {
  name: string;
  /** What is particular about this one, of those that compete under the name: 'Node v24.21.0', … */
  setting: string;
  command: string;
  args: string[];
  /** How far its figures may lie from this library's, relatively. Default 5·10⁻⁵. */
  tolerance?: number;
  /** Beside what every contestant inherits. */
  env?: Record<string, string>;
}

/** Linux counts processor time in hundredths of a second. */
const TICKS = 100;

export class Peer {
  readonly name: string;
  readonly setting: string;
  readonly tolerance: number;
  private grounds: Grounds | null = null;
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private errors = '';

  constructor({ name, setting, command, args, tolerance = 5e-5, env }: Launch) {
    this.name = name;
    this.setting = setting;
    this.tolerance = tolerance;
    this.child = spawn(command, args, { env: cleanEnvironment(env), stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.on('error', (error) => {
      this.errors += error.message;
    });
    this.child.stdin?.on('error', () => {});
    this.child.stderr?.on('data', (text) => {
      this.errors = (this.errors + text).slice(-2000);
    });
    this.lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  async ask<C extends keyof Answers>(command: C, args: object = {}): Promise<Answers[C]> {
    this.child.stdin?.write(`${JSON.stringify({ command, ...args })}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`${this.name} (${this.setting}) ended during "${command}": ${this.errors.trim()}`);
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(`${this.name} (${this.setting}) failed at "${command}": ${answer.error}`);
    return answer;
  }

  /** What it runs on; it is asked once. */
  async runsOn(): Promise<Grounds> {
    this.grounds ??= await this.ask('hello');
    return this.grounds;
  }

  /** Processor seconds that it has used, all threads together; NaN where the system does not tell. */
  processorSeconds(): number {
    try {
      const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS;
    } catch {
      return Number.NaN;
    }
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.stdin?.end();
    const timer = setTimeout(() => this.child.kill(), 2000);
    await ended;
    clearTimeout(timer);
  }
}

/** One of the TypeScript contestants in this folder, on each of the `nodes`. */
export function nodeLaunches(nodes: NodeVersion[], name: string, file: string, args: string[] = []): Launch[] {
  const script = fileURLToPath(new URL(file, import.meta.url));
  return nodes.map(({ version, path }) => ({
    name,
    setting: `Node ${version}`,
    command: path,
    args: ['--import', 'tsx', script, ...args],
  }));
}
