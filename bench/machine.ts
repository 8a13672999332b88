/** The machine: what it is, and how fast its clock really runs. */

import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform } from 'node:os';

/** Two multiplies and two adds of 4 lanes a cycle: the most that 128-bit instructions can do. */
export const FLOPS_PER_CYCLE = 16;

/** The processor, as exactly as the system names it, and what runs this program. */
export function describeMachine(): string {
  return `${processor()}, ${availableParallelism()} cores, ${platform()}; the benchmark itself on Node ${process.version}`;
}

/** Its name, and on Linux its family and model, for some machines say no more than 'AMD EPYC'. */
function processor(): string {
  const name = cpus()[0].model.trim();
  try {
    const info = readFileSync('/proc/cpuinfo', 'utf8');
    const [family, model] = ['cpu family', 'model'].map((field) => new RegExp(`^${field}\\s*: (\\d+)$`, 'm').exec(info)?.[1]);
    return family && model ? `${name} (family ${family}, model ${model})` : name;
  } catch {
    return name;
  }
}

/** How many programs want to run, on average over the last minute, besides this one. */
export const load = (): number => loadavg()[0];

/** Processor seconds that the whole machine has been busy; NaN where the system does not tell. */
export function busySeconds(): number {
  try {
    const [user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1);
    return [user, nice, system, irq, softirq].reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
  } catch {
    return Number.NaN;
  }
}

/**
 * (module (func (export "run") (param $n i32) (param $y i32) (result i32) (local $x i32)
 *   (loop  x = (x + y) ^ y, CHAIN/2 times;  n = n − 1;  br_if n)  x))
 *
 * Each operation needs the result of the one before, and an addition or an exclusive-or of two registers
 * takes one cycle on every x86 and ARM core of today, so n rounds take n·CHAIN cycles: the loop's own
 * counting runs beside the chain.
 */
const CHAIN = 128;

function chainModule(): Uint8Array<ArrayBuffer> {
  const [getN, setN, getY, getX, setX] = [
    [0x20, 0],
    [0x21, 0],
    [0x20, 1],
    [0x20, 2],
    [0x21, 2],
  ];
  const link = [...getX, ...getY, 0x6a, ...getY, 0x73, ...setX];
  const countDown = [...getN, 0x41, 1, 0x6b, ...setN, ...getN, 0x0d, 0];
  const links = Array.from({ length: CHAIN / 2 }, () => link).flat();
  const code = [1, 1, 0x7f, 0x03, 0x40, ...links, ...countDown, 0x0b, ...getX, 0x0b];
  const leb = (n: number) => [(n & 127) | 128, n >> 7];
  const body = [...leb(code.length), ...code];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f],
    ...[3, 2, 1, 0],
    ...[7, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 0],
    ...[10, ...leb(body.length + 1), 1, ...body],
  ]);
}

let chain: ((n: number, y: number) => number) | undefined;

/** The clock in GHz, just now: the fastest of some two-millisecond stretches. */
export function clock(): number {
  chain ??= new WebAssembly.Instance(new WebAssembly.Module(chainModule())).exports.run as (n: number, y: number) => number;
  const rounds = 50_000;
  let best = Infinity;
  for (let trial = 0; trial < 30; trial++) {
    const start = performance.now();
    chain(rounds, trial);
    best = Math.min(best, performance.now() - start);
  }
  return (rounds * CHAIN) / best / 1e6;
}
