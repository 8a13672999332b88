/**
 * A thread of the kernels in a Web Worker. It is a file of its own because a page's Content-Security-Policy
 * may allow no worker but files of its own origin.
 */

import type { Task } from './pool.js';

addEventListener('message', ({ data: { module, memory, id } }: MessageEvent<Task>) =>
  (new WebAssembly.Instance(module, { env: { memory } }).exports.workerLoop as (id: number) => void)(id),
);
