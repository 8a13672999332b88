/**
 * Node's threads, without importing anything from Node: a bundler sees no `node:` specifier, and in a
 * browser there is simply nothing here.
 */

interface NodeProcess {
  getBuiltinModule?(id: 'node:worker_threads'): typeof import('node:worker_threads') | undefined;
  getBuiltinModule?(id: 'node:os'): typeof import('node:os') | undefined;
}

function nodeProcess(): NodeProcess | undefined {
  return (globalThis as { process?: NodeProcess }).process;
}

/** The module node:worker_threads, or undefined where there is none. */
export function nodeWorkerThreads(): typeof import('node:worker_threads') | undefined {
  return nodeProcess()?.getBuiltinModule?.('node:worker_threads');
}

/** How many threads this machine runs at once; 1 if it does not say. */
export function processors(): number {
  const os = nodeProcess()?.getBuiltinModule?.('node:os');
  return os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}
