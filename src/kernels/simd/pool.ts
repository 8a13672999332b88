/**
 * Workers for the kernels: threads that instantiate the same module on the same memory and loop.
 *
 * Nothing waits for them. A worker that is not up yet, or cannot start, claims no tiles, and the main
 * thread computes what nobody claims.
 */

import { nodeWorkerThreads } from '../threads.js';

export interface Pool {
  /** Ends the workers; call it when they have been told to leave their loop. */
  stop(): Promise<void>;
}

/** What a worker is given. */
export interface Task {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Its number among the threads; 0 is the main thread. */
  readonly id: number;
}

/** A worker of node:worker_threads, in a block: some engines have a `module` of their own around it. */
const NODE_WORKER = `{
  const { module, memory, id } = process.getBuiltinModule('node:worker_threads').workerData;
  new WebAssembly.Instance(module, { env: { memory } }).exports.workerLoop(id);
}`;

/** worker.ts as text. */
const WEB_WORKER = `onmessage = ({ data: { module, memory, id } }) =>
  new WebAssembly.Instance(module, { env: { memory } }).exports.workerLoop(id);`;

/** Whether threads can share memory here. */
export function canShare(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  if (nodeWorkerThreads()) return true;
  return typeof Worker !== 'undefined' && globalThis.crossOriginIsolated === true;
}

/** Whether this thread may sleep: everywhere but on a web page's main thread. */
export function maySleep(): boolean {
  return typeof document === 'undefined';
}

/** Starts workers 1 … count. Never throws: it warns, once, if fewer can be had. */
export function startWorkers(module: WebAssembly.Module, memory: WebAssembly.Memory, count: number): Pool {
  const tasks = Array.from({ length: count }, (_, i) => ({ module, memory, id: i + 1 }));
  const node = nodeWorkerThreads();
  return node ? nodePool(node, tasks) : webPool(tasks);
}

let warned = false;

function warn(reason: unknown): void {
  if (warned) return;
  warned = true;
  console.warn(`sparse-autoencoder: a thread could not be started (${reason}); fewer do the work. threads: 1 asks for none`);
}

function nodePool({ Worker }: typeof import('node:worker_threads'), tasks: readonly Task[]): Pool {
  const workers: import('node:worker_threads').Worker[] = [];
  try {
    for (const workerData of tasks) {
      const worker = new Worker(NODE_WORKER, { eval: true, execArgv: [], workerData });
      worker.on('error', warn);
      worker.unref();
      workers.push(worker);
    }
  } catch (error) {
    warn(error);
  }
  return {
    async stop() {
      // With ref the process lives until they are gone, so that awaiting this ends.
      for (const worker of workers) worker.ref();
      await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
    },
  };
}

/**
 * Web Workers from the file next to this one, in the form that bundlers look for; where that cannot be had (a
 * bundler that left it behind, a library from another origin), from a Blob; where that is forbidden, none.
 */
function webPool(tasks: readonly Task[]): Pool {
  const workers = new Set<Worker>();
  let url = '';
  const ways = [
    () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
    () => {
      url ||= URL.createObjectURL(new Blob([WEB_WORKER], { type: 'text/javascript' }));
      return new Worker(url);
    },
  ];
  const start = (task: Task, way: number, reason?: unknown): void => {
    if (way === ways.length) {
      warn(reason);
      return;
    }
    try {
      const worker = ways[way]();
      worker.onerror = (event) => {
        event.preventDefault();
        if (workers.delete(worker)) start(task, way + 1, event.message || 'its script did not load');
      };
      worker.postMessage(task);
      workers.add(worker);
    } catch (error) {
      start(task, way + 1, error);
    }
  };
  for (const task of tasks) start(task, 0);
  return {
    async stop() {
      for (const worker of workers) worker.terminate();
      workers.clear();
      URL.revokeObjectURL(url);
    },
  };
}
