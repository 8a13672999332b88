/** Who competes, in which settings, and who is missing. */

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { findNodes } from './nodes.js';
import { type Launch, nodeLaunches, Peer } from './peers/peer.js';
import { findPyTorch, pytorchLaunches } from './peers/pytorch.js';

export type Group =
  | 'simd'
  | 'simd-1'
  | 'wide'
  | 'wide-1'
  | 'plain'
  | 'pytorch'
  | 'pytorch-topk'
  | 'jax'
  | 'tfjs-wasm'
  | 'tfjs-cpu';

/** The settings that one contestant may choose from. */
export type Team = Launch[];

export const OURS = 'this library';

export interface Contestants {
  /** A group may be empty, for a peer that is missing, or have two teams. */
  groups: Record<Group, Team[]>;
  /** Versions, and what is missing. */
  remarks: string[];
}

/** Every contestant that is installed, the Node programs among them on every version of Node at hand. */
export function findContestants(): Contestants {
  const cores = availableParallelism();
  const nodes = findNodes();
  const onNodes = (name: string, file: string, ...args: string[]): Team => nodeLaunches(nodes, name, file, args);
  // The same kernels in 256 bits compute the very same.
  const widening = nodes.filter(({ version }) => process.arch === 'x64' && Number.parseInt(version.slice(1), 10) >= 24);
  const wide = (threads: string, name: string): Team[] =>
    widening.length === 0 ? [] : [nodeLaunches(widening, name, 'ours.ts', ['simd', threads, 'wide']).map(exactly)];
  const groups: Record<Group, Team[]> = {
    simd: [onNodes(OURS, 'ours.ts', 'simd', 'auto')],
    'simd-1': [onNodes(`${OURS}, 1 thread`, 'ours.ts', 'simd', '1')],
    wide: wide('auto', `${OURS}, wide`),
    'wide-1': wide('1', `${OURS}, wide, 1 thread`),
    plain: [onNodes(`${OURS}, plain`, 'ours.ts', 'plain', '1')],
    pytorch: [],
    'pytorch-topk': [],
    jax: [],
    'tfjs-wasm': [],
    'tfjs-cpu': [],
  };
  const remarks = [`Node at hand: ${nodes.map(({ version }) => version).join(', ')}`];
  if (nodes.length === 1)
    remarks.push('other versions of Node, which may suit one side or the other better: npm --prefix bench install');

  const pytorch = findPyTorch();
  if (pytorch) {
    groups.pytorch = [pytorchLaunches(pytorch)];
    groups['pytorch-topk'] = [
      pytorchLaunches(pytorch, 'PyTorch', 'pytorch_topk.py'),
      pytorchLaunches(pytorch, 'PyTorch, careful', 'pytorch_topk.py', 'careful'),
    ];
    remarks.push(`PyTorch ${pytorch.version} of ${pytorch.python}`);
  } else {
    remarks.push('PyTorch is missing, no python3 can import torch and numpy: apt-get install python3-torch libopenblas0-pthread');
  }
  const jax = installedVersion('@jax-js/jax');
  if (jax) {
    // Its wasm logarithm is off by 10⁻⁵ near 1, which KL takes of 1 − ρ̂.
    const loose = (team: Team): Team => team.map((launch) => ({ ...launch, tolerance: 1e-3 }));
    groups.jax = [loose(onNodes('jax-js', 'jax.ts', '0')), loose(onNodes('jax-js, given workers', 'jax.ts', `${cores}`))];
    remarks.push(`jax-js ${jax}`);
  } else remarks.push(missing('jax-js'));
  const tfjs = installedVersion('@tensorflow/tfjs') && installedVersion('@tensorflow/tfjs-backend-wasm');
  if (tfjs) {
    groups['tfjs-wasm'] = [onNodes('tfjs wasm', 'tfjs.ts', 'wasm')];
    groups['tfjs-cpu'] = [onNodes('tfjs cpu', 'tfjs.ts', 'cpu')];
    remarks.push(`TensorFlow.js ${tfjs}`);
  } else remarks.push(missing('TensorFlow.js'));
  return { groups, remarks };
}

const exactly = (launch: Launch): Launch => ({ ...launch, tolerance: 0 });

const missing = (name: string) => `${name} is missing: npm --prefix bench install`;

/** The version of a package in bench/node_modules; null if it is not there. */
function installedVersion(name: string): string | null {
  try {
    return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
  } catch {
    return null;
  }
}

/** Starts all of a team, waits until they answer, and calls `use`; ends them whatever happens. */
export async function withPeers<T>(teams: Team[], use: (teams: Peer[][]) => Promise<T>): Promise<T> {
  const started = teams.map((team) => team.map((launch) => new Peer(launch)));
  try {
    await Promise.all(started.flat().map((peer) => peer.runsOn()));
    return await use(started);
  } finally {
    await Promise.all(started.flat().map((peer) => peer.close()));
  }
}
