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

/** In a Worker of Node: the module and memory come as workerData. */
const NODE_WORKER = `
const { workerData: { module, memory, id } } = require('node:worker_threads');
new WebAssembly.Instance(module, { env: { memory } }).exports.workerLoop(id);
`;

/** In a Web Worker: they come as the first message. */
const WEB_WORKER = `
onmessage = ({ data: { module, memory, id } }) =>
  new WebAssembly.Instance(module, { env: { memory } }).exports.workerLoop(id);
`;

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

/** Starts workers 1 … count. */
export function startWorkers(module: WebAssembly.Module, memory: WebAssembly.Memory, count: number): Pool {
  const node = nodeWorkerThreads();
  return node ? nodePool(node, module, memory, count) : webPool(module, memory, count);
}

function nodePool(
  { Worker }: typeof import('node:worker_threads'),
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  count: number,
): Pool {
  const workers: import('node:worker_threads').Worker[] = [];
  for (let id = 1; id <= count; id++) {
    try {
      const worker = new Worker(NODE_WORKER, { eval: true, execArgv: [], workerData: { module, memory, id } });
      worker.on('error', () => {});
      worker.unref();
      workers.push(worker);
    } catch {
      break;
    }
  }
  return {
    async stop() {
      // With ref the process lives until they are gone, so that awaiting this ends.
      for (const worker of workers) worker.ref();
      await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
    },
  };
}

function webPool(module: WebAssembly.Module, memory: WebAssembly.Memory, count: number): Pool {
  const workers: Worker[] = [];
  let url: string | undefined;
  try {
    url = URL.createObjectURL(new Blob([WEB_WORKER], { type: 'text/javascript' }));
    for (let id = 1; id <= count; id++) {
      const worker = new Worker(url);
      worker.onerror = (event) => event.preventDefault();
      worker.postMessage({ module, memory, id });
      workers.push(worker);
    }
  } catch {
    // Fewer threads, or none but this one.
  }
  return {
    async stop() {
      for (const worker of workers.splice(0)) worker.terminate();
      if (url) URL.revokeObjectURL(url);
      url = undefined;
    },
  };
}
