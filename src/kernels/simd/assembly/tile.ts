/** From an operation's code to the function that computes one tile of it. */

import { activateTile, axpyTile, hiddenDeltaTile } from './elementwise';
import { adamTile } from './adam';
import { gemmTile } from './gemm';
import { lossTile } from './loss';
import { compressTile } from './compress';
import { columnSumsTile } from './column-sums';
import { gemmTopKTile, topKTile } from './topk';
import { scanTile } from './scans';
import { transposeTile } from './transpose';
import { sddmmTile } from './sddmm';
import { rowsTile } from './rows';
import { rowSumsTile } from './row-sums';
import { chooseTile, exactTile } from './exact';
import { screenTile, sixteenTile } from './screen';
import { spmmRowsTile, spmmTile } from './spmm';
import { spmmTurnedTile } from './spmm-turned';

export const enum Operation {
  SPMM,
  ROWS,
  GEMM,
  SDDMM,
  COMPRESS,
  TRANSPOSE,
  ACTIVATE,
  COLUMN_SUMS,
  LOSS,
  HIDDEN_DELTA,
  SCAN,
  AXPY,
  ADAM,
  GEMM_TOPK,
  TOPK,
  SPMM_ROWS,
  ROW_SUMS,
  SIXTEEN,
  SCREEN,
  EXACT,
  CHOOSE,
  SPMM_TURNED,
}

export function tile(operation: u32, t: u32): void {
  switch (operation) {
    case Operation.SPMM:
      return spmmTile(t);
    case Operation.ROWS:
      return rowsTile(t);
    case Operation.GEMM:
      return gemmTile(t);
    case Operation.SDDMM:
      return sddmmTile(t);
    case Operation.COMPRESS:
      return compressTile(t);
    case Operation.TRANSPOSE:
      return transposeTile(t);
    case Operation.ACTIVATE:
      return activateTile(t);
    case Operation.COLUMN_SUMS:
      return columnSumsTile(t);
    case Operation.LOSS:
      return lossTile(t);
    case Operation.HIDDEN_DELTA:
      return hiddenDeltaTile(t);
    case Operation.SCAN:
      return scanTile(t);
    case Operation.AXPY:
      return axpyTile(t);
    case Operation.ADAM:
      return adamTile(t);
    case Operation.GEMM_TOPK:
      return gemmTopKTile(t);
    case Operation.TOPK:
      return topKTile(t);
    case Operation.SPMM_ROWS:
      return spmmRowsTile(t);
    case Operation.ROW_SUMS:
      return rowSumsTile(t);
    case Operation.SIXTEEN:
      return sixteenTile(t);
    case Operation.SCREEN:
      return screenTile(t);
    case Operation.EXACT:
      return exactTile(t);
    case Operation.CHOOSE:
      return chooseTile(t);
    case Operation.SPMM_TURNED:
      return spmmTurnedTile(t);
  }
}
