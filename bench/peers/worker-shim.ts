/**
 * jax-js shares its kernels out among Web Workers, and Node has none. This gives it some, made of Node's
 * own threads: just what it asks for, which is `new Worker(blobUrl)` and messages.
 */

import { Worker as NodeWorker } from 'node:worker_threads';

const PRELUDE = `
  const { parentPort } = require('node:worker_threads');
  globalThis.self = globalThis;
  globalThis.postMessage = (data) => parentPort.postMessage(data);
  parentPort.on('message', (data) => self.onmessage({ data }));
`;

/** Call before jax-js is imported. */
export function installWorkers(count: number): void {
  const text = new WeakMap<Blob, string>();
  const sources = new Map<string, string>();

  class SourceBlob extends Blob {
    constructor(parts: string[], options?: BlobPropertyBag) {
      super(parts, options);
      text.set(this, parts.join(''));
    }
  }

  class WebWorker {
    onmessage: ((event: { data: unknown }) => void) | null = null;
    onerror: ((error: Error) => void) | null = null;
    private readonly thread: NodeWorker;
    constructor(url: string) {
      this.thread = new NodeWorker(PRELUDE + sources.get(url), { eval: true });
      this.thread.on('message', (data) => this.onmessage?.({ data }));
      this.thread.on('error', (error) => this.onerror?.(error));
    }
    postMessage(data: unknown): void {
      this.thread.postMessage(data);
    }
  }

  Object.defineProperty(globalThis, 'navigator', { value: { hardwareConcurrency: count }, configurable: true });
  Object.assign(globalThis, { Blob: SourceBlob, Worker: WebWorker });
  URL.createObjectURL = (blob) => {
    const url = `blob:source-${sources.size}`;
    sources.set(url, text.get(blob as Blob) ?? '');
    return url;
  };
  URL.revokeObjectURL = () => {};
}
