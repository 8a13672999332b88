/** What JavaScript calls: one function per operation, matrices as byte offsets. */

export { activate, axpy, hiddenDelta } from './elementwise';
export { adam } from './adam';
export { gemm } from './gemm';
export { crossEntropy, outputLoss } from './loss';
export { compress } from './compress';
export { columnSums } from './column-sums';
export { countNonZeros, findNonFinite, sumOfAbs, sumOfSquares } from './scans';
export { gemmTopK, topK } from './topk';
export { screen, screenRoom } from './screen';
export { settle } from './exact';
export { transpose } from './transpose';
export { sddmm } from './sddmm';
export { rowSums } from './row-sums';
export { spmm } from './spmm';
export { spmmTurned } from './spmm-turned';
export { defer, dismiss, join, workerLoop } from './threads';

import { writeConstants } from './constants';
import { HEAP, LEFT_PACK, MAY_WAIT, SCRATCH, SCRATCH_BYTES, SPINS, STRIP_WIDTH, THREADS } from './layout';

/** Writes the settings; returns the first byte that belongs to the callers. */
export function setup(threads: u32, scratchBytes: u32, spins: u32, mayWait: u32, stripWidth: u32): u32 {
  store<u32>(THREADS, threads);
  store<u32>(SCRATCH, HEAP);
  store<u32>(SCRATCH_BYTES, scratchBytes);
  store<u32>(SPINS, spins);
  store<u32>(MAY_WAIT, mayWait);
  store<u32>(STRIP_WIDTH, stripWidth);
  for (let mask: u32 = 0; mask < 16; mask++) {
    let p = LEFT_PACK + mask * 16;
    v128.store(p, i8x16.splat(-1));
    for (let lane: u32 = 0; lane < 4; lane++) {
      if ((mask >> lane) & 1) {
        store<u32>(p, 0x03020100 + lane * 0x04040404);
        p += 4;
      }
    }
  }
  writeConstants();
  return HEAP + threads * scratchBytes;
}
