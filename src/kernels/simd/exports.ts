/** What assembly/index.ts exports; every address and count is an i32. */
export interface Exports {
  setup(threads: number, scratchBytes: number, spins: number, mayWait: number, stripWidth: number): number;
  dismiss(): void;
  defer(): void;
  join(): void;
  gemm(c: number, a: number, b: number, bias: number, n: number, k: number, m: number, form: number): void;
  spmm(
    c: number,
    start: number,
    end: number,
    index: number,
    value: number,
    b: number,
    bias: number,
    n: number,
    k: number,
    m: number,
  ): void;
  spmmTurned(c: number, start: number, end: number, index: number, value: number, b: number, h: number, d: number): void;
  sddmm(
    c: number,
    value: number,
    start: number,
    end: number,
    index: number,
    a: number,
    b: number,
    n: number,
    k: number,
    m: number,
  ): void;
  compress(start: number, end: number, index: number, value: number, a: number, n: number, m: number): number;
  gemmTopK(
    start: number,
    end: number,
    index: number,
    value: number,
    a: number,
    b: number,
    bias: number,
    n: number,
    d: number,
    m: number,
    k: number,
    form: number,
  ): number;
  screen(
    start: number,
    end: number,
    index: number,
    value: number,
    a: number,
    b: number,
    bias: number,
    n: number,
    d: number,
    m: number,
    k: number,
    form: number,
    column: number,
    bound: number,
    lower: number,
    count: number,
    most: number,
    room: number,
  ): number;
  screenRoom(d: number, m: number): number;
  settle(): number;
  topK(start: number, end: number, index: number, value: number, z: number, n: number, m: number, k: number): number;
  transpose(
    startT: number,
    endT: number,
    indexT: number,
    valueT: number,
    start: number,
    end: number,
    index: number,
    value: number,
    n: number,
    m: number,
    packed: boolean,
  ): void;
  activate(a: number, n: number, kind: number): void;
  columnSums(out: number, a: number, n: number, m: number): void;
  rowSums(out: number, start: number, end: number, value: number, n: number): void;
  outputLoss(
    xHat: number,
    dz: number,
    t: number,
    start: number,
    end: number,
    index: number,
    value: number,
    n: number,
    m: number,
    kind: number,
    twoC: number,
  ): number;
  crossEntropy(
    xHat: number,
    dy: number,
    t: number,
    start: number,
    end: number,
    index: number,
    value: number,
    n: number,
    m: number,
    c: number,
  ): number;
  hiddenDelta(dz: number, f: number, pull: number, l1: number, n: number, m: number, kind: number): void;
  sumOfSquares(x: number, n: number): number;
  sumOfAbs(x: number, n: number): number;
  countNonZeros(x: number, n: number): number;
  findNonFinite(x: number, n: number): number;
  axpy(y: number, alpha: number, x: number, n: number): void;
  adam(
    theta: number,
    g: number,
    m: number,
    v: number,
    n: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    rate: number,
    scale: number,
    epsilon: number,
  ): void;
}
