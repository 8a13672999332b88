import type { ReportData } from '../../src/report/report-data.js';

/** A repeatable run of numbers in [−1, 1). */
export function noise(length: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** A small run: 20 pictures of 4 × 3 in two classes, 6 units of which the last is dead. */
export function sample(changes: Partial<ReportData> = {}): ReportData {
  const [d, h, n] = [12, 6, 20];
  const codes = noise(n * h, 4).map((value, k) => (k % h === h - 1 ? 0 : Math.max(0, value)));
  return {
    title: 'Small run',
    command: 'npm start -- --hidden 6',
    summary: 'It learned from nothing much.',
    settings: [{ name: 'hidden units', value: '6' }],
    results: [{ name: 'test loss', value: '1.25' }],
    image: { width: 4, height: 3 },
    inputNames: null,
    classNames: ['0', '1'],
    lossLabel: 'squared error per sample',
    penaltyLabel: 'XY',
    beta: 0.1,
    target: null,
    restLabel: null,
    restNotes: [],
    rho: 0.05,
    explainedVariance: 0.723,
    wrong: [],
    model: {
      inputDim: d,
      hiddenDim: h,
      outputDim: d,
      encoderWeight: noise(d * h, 6),
      decoderWeight: noise(h * d, 7),
      decoderBias: noise(d, 8),
      output: (y) => 1 / (1 + Math.exp(-y)),
    },
    samples: {
      x: noise(n * d, 2).map(Math.abs),
      targets: null,
      codes,
      labels: Array.from({ length: n }, (_, i) => i % 2),
      texts: null,
    },
    history: {
      loss: [3, 2, 1.5],
      reconstruction: [2, 1.5, 1],
      sparsity: [1, 0.5, 0.5],
      weight: [0.1, 0.1, 0.1],
      rest: [],
      validationLoss: [3.1, 2.2, 1.7],
      l0: [5, 3, 2],
    },
    snapshots: [
      { epoch: 0, decoderWeight: noise(h * d, 20) },
      { epoch: 3, decoderWeight: noise(h * d, 7) },
    ],
    ...changes,
  };
}

/** h units of d inputs, n samples, all noise; about `active` units on for a sample. */
export function large(d: number, h: number, n: number, active: number, image: ReportData['image']): ReportData {
  const { model, samples } = sample();
  const codes = noise(n * h, 19).map((value) => (value < 1 - (2 * active) / h ? 0 : value));
  return sample({
    image,
    classNames: [],
    model: {
      ...model,
      inputDim: d,
      hiddenDim: h,
      outputDim: d,
      encoderWeight: noise(d * h, 6),
      decoderWeight: noise(h * d, 7),
      decoderBias: noise(d, 8),
    },
    samples: { ...samples, x: noise(n * d, 2).map(Math.abs), codes, labels: null },
    snapshots: [],
  });
}
