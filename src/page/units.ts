import { modelOf, type SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { elementwise } from '../kernels/elementwise.js';
import { column, row } from '../report/statistics.js';
import { firstOf, unitName } from './look.js';
import type { UnitAnswer } from './messages.js';
import type { Samples } from './samples.js';

const BINS = 24;
const STRONGEST = 12;
const NEIGHBOURS = 6;

/** All that a unit's card shows, measured on the first samples. */
export function unitOf(sae: SparseAutoencoder, samples: Samples, unit: number): UnitAnswer {
  const { hiddenDim: h, outputDim: d } = sae;
  const x = firstOf(samples);
  const prepared = modelOf(sae).prepare(x);
  const f = sae.transform(x).data;
  const { encoderWeight, encoderBias, decoderWeight, decoderBias } = sae.parameters;
  const decoder = Float32Array.from(row(decoderWeight.data, unit, d));
  const activations = column(f, unit, h);
  const greatest = activations.reduce((a, b) => Math.max(a, b), 0);
  const histogram = new Float64Array(BINS);
  for (const a of activations) if (a > 0) histogram[Math.min(BINS - 1, Math.floor((BINS * a) / greatest))]++;
  const output = elementwise[sae.options.outputActivation].value;
  const strongest = sae.topActivations(x, { unit, count: STRONGEST }).map(({ row: i, value }) => {
    const y = Float64Array.from(decoderBias.data);
    for (let j = 0; j < h; j++) {
      const a = f[i * h + j];
      if (a !== 0) for (let p = 0; p < d; p++) y[p] += a * decoderWeight.data[j * d + p];
    }
    return {
      row: i,
      activation: value,
      label: samples.labels?.[i] ?? null,
      x: Float32Array.from(row(prepared.data, i, sae.inputDim)),
      copy: Float32Array.from(y, output),
      without: Float32Array.from(y, (sum, p) => output(sum - value * decoder[p])),
    };
  });
  return {
    unit,
    decoder,
    encoder: Float32Array.from(column(encoderWeight.data, unit, h)),
    bias: encoderBias.data[unit],
    density: activations.reduce((n, a) => n + (a === 0 ? 0 : 1), 0) / x.rows,
    mean: activations.reduce((sum, a) => sum + a, 0) / x.rows,
    greatest,
    histogram,
    samples: x.rows,
    strongest,
    neighbours: sae.neighbors(unit, { count: NEIGHBOURS }).map((near) => ({
      unit: near.unit,
      cosine: near.similarity,
      decoder: Float32Array.from(row(decoderWeight.data, near.unit, d)),
      names: samples.texts ? unitName(f, h, near.unit, samples) : '',
    })),
  };
}
