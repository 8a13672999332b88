/** Who competes, in which settings, and who is missing. */

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Launch, nodeLaunch, Peer } from './peers/peer.js';
import { blasRemark, findPyTorch, pytorchLaunches } from './peers/pytorch.js';

export type Group = 'simd' | 'simd-1' | 'plain' | 'pytorch' | 'jax' | 'tfjs-wasm' | 'tfjs-cpu';

/** The settings that one contestant may choose from. */
export type Team = Launch[];

export const OURS = 'this library';

export interface Contestants {
  /** A group may be empty, for a peer that is missing, or have two teams. */
  groups: Record<Group, Team[]>;
  /** Versions, and what is missing or slower than it need be. */
  remarks: string[];
}

export function findContestants(): Contestants {
  const cores = availableParallelism();
  const groups: Record<Group, Team[]> = {
    simd: [[nodeLaunch(OURS, `simd, threads auto (${cores})`, 'ours.ts', ['simd', 'auto'])]],
    'simd-1': [[nodeLaunch(`${OURS}, 1 thread`, 'simd', 'ours.ts', ['simd', '1'])]],
    plain: [[nodeLaunch(`${OURS}, plain`, '1 thread', 'ours.ts', ['plain', '1'])]],
    pytorch: [],
    jax: [],
    'tfjs-wasm': [],
    'tfjs-cpu': [],
  };
  const remarks: string[] = [];

  const pytorch = findPyTorch();
  if (pytorch) {
    groups.pytorch = pytorchLaunches(pytorch);
    remarks.push(`PyTorch ${pytorch.version} of ${pytorch.python}, on ${pytorch.blas}`);
    const slow = blasRemark(pytorch);
    if (slow) remarks.push(slow);
  } else {
    remarks.push('PyTorch is missing, no python3 can import torch and numpy: apt-get install python3-torch libopenblas0-pthread');
  }
  const jax = installedVersion('@jax-js/jax');
  if (jax) {
    groups.jax = [
      [nodeLaunch('jax-js', 'wasm, as Node runs it: 1 thread', 'jax.ts', ['0'])],
      [nodeLaunch('jax-js, given workers', `wasm, ${cores} workers through a shim`, 'jax.ts', [`${cores}`])],
    ];
    remarks.push(`jax-js ${jax}, wasm`);
  } else remarks.push(missing('jax-js'));
  const tfjs = installedVersion('@tensorflow/tfjs') && installedVersion('@tensorflow/tfjs-backend-wasm');
  if (tfjs) {
    groups['tfjs-wasm'] = [[nodeLaunch('tfjs wasm', 'SIMD, 1 thread', 'tfjs.ts', ['wasm'])]];
    groups['tfjs-cpu'] = [[nodeLaunch('tfjs cpu', '1 thread', 'tfjs.ts', ['cpu'])]];
    remarks.push(`TensorFlow.js ${tfjs}`);
  } else remarks.push(missing('TensorFlow.js'));
  return { groups, remarks };
}

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
    await Promise.all(started.flat().map((peer) => peer.ask('hello')));
    return await use(started);
  } finally {
    await Promise.all(started.flat().map((peer) => peer.close()));
  }
}
