/** The products alone, on one thread, against the most that 128-bit instructions could do. */

import { withPeers } from '../contestants.js';
import type { Files } from '../data.js';
import { clock, FLOPS_PER_CYCLE } from '../machine.js';
import type { KernelCall } from '../peers/kernel.js';
import type { Peer } from '../peers/peer.js';
import { digits, percent, type Result } from '../table.js';
import { inTurn, median, Remarks, requireAgreement } from '../turns.js';
import type { Context, Workload } from './workload.js';

/** n × k × m of C = A·B, and how dense the sparse operand (spmm: A; sddmm: the places in C) is. */
type Case = Pick<KernelCall, 'op' | 'form' | 'n' | 'k' | 'm'> & { what: string; density?: number };

const MNIST = 0.19;
const CODE = 0.2;

const cases: Case[] = [
  { what: 'X·W_enc, dense', op: 'gemm', form: 'NN', n: 256, k: 784, m: 64 },
  { what: 'F·W_dec, dense', op: 'gemm', form: 'NN', n: 256, k: 64, m: 784 },
  { what: 'large', op: 'gemm', form: 'NN', n: 1024, k: 768, m: 3072 },
  { what: 'Xᵀ·dZ, dense', op: 'gemm', form: 'TN', n: 784, k: 256, m: 64 },
  { what: 'Fᵀ·dẐ, dense', op: 'gemm', form: 'TN', n: 1024, k: 256, m: 784 },
  { what: 'dẐ·W_decᵀ, dense', op: 'gemm', form: 'NT', n: 256, k: 784, m: 64 },
  { what: 'dẐ·W_decᵀ, dense', op: 'gemm', form: 'NT', n: 256, k: 784, m: 1024 },
  { what: 'X·W_enc', op: 'spmm', form: 'NN', n: 256, k: 784, m: 64, density: MNIST },
  { what: 'X·W_enc', op: 'spmm', form: 'NN', n: 256, k: 784, m: 1024, density: MNIST },
  { what: 'F·W_dec', op: 'spmm', form: 'NN', n: 256, k: 64, m: 784, density: CODE },
  { what: 'F·W_dec', op: 'spmm', form: 'NN', n: 256, k: 1024, m: 784, density: CODE },
  { what: 'dẐ·W_decᵀ where F is active', op: 'sddmm', form: 'NT', n: 256, k: 784, m: 64, density: CODE },
  { what: 'dẐ·W_decᵀ where F is active', op: 'sddmm', form: 'NT', n: 256, k: 784, m: 1024, density: CODE },
];

export const kernels: Workload = {
  name: 'kernels',
  groups: ['simd-1', 'wide-1', 'plain', 'pytorch', 'jax'],
  title: 'Kernels alone, one thread, in GFLOP/s of useful arithmetic',
  run,
};

async function run({ contestants, files, rounds, quick, say }: Context): Promise<Result> {
  const { 'simd-1': simd, 'wide-1': wide, plain, pytorch, jax } = contestants.groups;
  // One thread each: the first setting of every team.
  const teams = [...simd, ...wide, ...plain, ...pytorch, ...jax].map((team) => team.slice(0, 1));
  const ours = simd.length + wide.length + plain.length;
  /** The peak is said of these. */
  const vectorized = simd.length + wide.length;
  return withPeers(teams, async (started) => {
    const peers = started.flat();
    const budget = quick ? 0.03 : 0.12;
    let ghz = 0;
    const remarks = new Remarks();
    const rows: { of: Case; speed: number[] }[] = [];
    for (const of of quick ? cases.filter(({ n, m }) => n === 256 && m < 1000) : cases) {
      const { call, flops } = prepare(of, files);
      const able = peers.filter((_, i) => i < ours || of.op === 'gemm');
      const ask = (peer: Peer) => {
        const set = peers.indexOf(peer) < vectorized ? 'simd' : 'plain';
        return peers.indexOf(peer) < ours ? peer.ask('kernel', { ...call, set, budget }) : peer.ask('gemm', { ...call, budget });
      };
      let expected = Number.NaN;
      for (const peer of able) {
        const { norm } = await ask(peer);
        if (peer === peers[0]) expected = norm;
        requireAgreement(`kernels, ${of.op} ${of.what}: ‖C‖`, peer, [norm], [expected]);
      }
      ghz = Math.max(ghz, clock());
      const measured = await inTurn(
        rounds,
        able.map((peer) => ({ peer, turn: async () => median((await ask(peer)).seconds) })),
      );
      remarks.add(measured);
      rows.push({ of, speed: measured.medians.map((seconds) => flops / seconds / 1e9) });
      say(`kernels: ${of.op} ${of.n}×${of.k}×${of.m}`);
    }
    const peak = FLOPS_PER_CYCLE * ghz;
    return {
      tables: [
        {
          title: `Kernels alone, one thread: GFLOP/s, of ${digits(peak)} that 128-bit SIMD could do`,
          columns: [
            'kernel',
            'n×k×m',
            'what',
            ...peers.flatMap(({ name }, i) => (i < vectorized ? [name, 'of the peak'] : [name])),
          ],
          rows: rows.map(({ of, speed }) => [
            name(of),
            `${of.n}×${of.k}×${of.m}`,
            of.what,
            ...peers.flatMap((_, i) => {
              if (speed[i] === undefined) return ['–'];
              return i < vectorized ? [digits(speed[i]), percent(speed[i] / peak)] : [digits(speed[i])];
            }),
          ]),
          remarks: [
            `the peak: 2 multiplies and 2 adds of 4 lanes a cycle, at ${ghz.toFixed(2)} GHz, as a chain of dependent ` +
              'one-cycle operations measured it during the run',
            'sparse kernels: only the useful multiplications and additions are counted; setting up the compressed rows is not timed',
            ...remarks.list(),
          ],
        },
      ],
      charts: [],
      summary: null,
    };
  });
}

const name = ({ op, form, density }: Case): string => {
  if (op === 'gemm') return `gemm${form === 'NN' ? '' : form}`;
  return `${op} at ${percent(density as number)}`;
};

/** Writes the operands, and counts the multiplications and additions that matter. */
function prepare({ op, form, n, k, m, density }: Case, files: Files) {
  const a = files.random('a', n, k, op === 'spmm' ? density : 1);
  const b = files.random('b', k, m);
  const at = op === 'sddmm' ? files.random('at', n, m, density) : null;
  const multiplications = op === 'spmm' ? a.nonZeros * m : at ? at.nonZeros * k : n * k * m;
  return { call: { op, form, n, k, m, a: a.path, b: b.path, at: at?.path }, flops: 2 * multiplications };
}
