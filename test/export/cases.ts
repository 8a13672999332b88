import { SparseAutoencoder, type SparseAutoencoderOptions } from '../../src/index.js';
import { codes } from '../../src/sparsity/kinds.js';
import { randomRows } from '../helpers.js';

/** A model that was trained a little, and rows that it has not seen. */
export interface ExportCase {
  readonly name: string;
  readonly sae: SparseAutoencoder;
  readonly X: number[][];
}

const outputs = ['relu', 'sigmoid', 'tanh', 'identity'] as const;
const preparations: readonly NonNullable<SparseAutoencoderOptions['preparation']>[] = [
  {},
  { scale: 3 },
  { center: true, meanNorm: true },
  { standardize: true },
  { scale: 3, standardize: true, unitRows: true, meanNorm: true },
];
const wirings: readonly Partial<SparseAutoencoderOptions>[] = [
  {},
  { preBias: true },
  { tied: true, preBias: true },
  { outputDim: 4 },
];

/** A linear model of rows of which the third is their mean, which is not met to the bit; and the rows. */
export async function meanRowCase(): Promise<{ sae: SparseAutoencoder; X: number[][] }> {
  const X = [1, 2, 3, 4, 5].map((i) => [Math.fround(0.1 * i), Math.fround(0.7 * i)]);
  const sae = new SparseAutoencoder({
    inputDim: 2,
    hiddenDim: 4,
    hiddenActivation: 'identity',
    outputActivation: 'identity',
    penalty: 'none',
    preparation: { center: true, unitRows: true },
  });
  await sae.fit(X, { epochs: 1 });
  return { sae, X };
}

/** The same of large rows, which differ from their mean by its rounding, as what is left of them shows; and as doubles do. */
export async function roundedRowCase(): Promise<{ sae: SparseAutoencoder; X: number[][] }> {
  const sae = new SparseAutoencoder({
    inputDim: 1,
    hiddenDim: 4,
    hiddenActivation: 'identity',
    outputActivation: 'identity',
    penalty: 'none',
    preparation: { scale: 2, center: true, unitRows: true },
  });
  const X = [[3e10], [Math.fround(3e10)], [Math.fround(3e10) + 2048]];
  await sae.fit(X, { epochs: 1 });
  return { sae, X };
}

/**
 * Every kind of code with every output, preparation and wiring; or as few of them as have each of these at least once with each
 * kind. One row is all zeros.
 */
export async function* exportCases(all: boolean): AsyncGenerator<ExportCase> {
  for (const { name: hiddenActivation, example } of codes) {
    for (const [o, outputActivation] of outputs.entries()) {
      for (const [p, preparation] of preparations.entries()) {
        for (const [w, wiring] of wirings.entries()) {
          if (!all && (o !== (p + 1) % 4 || w !== p % 4)) continue;
          const options = {
            ...example,
            ...wiring,
            hiddenActivation,
            outputActivation,
            preparation,
          } as Partial<SparseAutoencoderOptions>;
          const sae = new SparseAutoencoder({
            inputDim: 7,
            hiddenDim: 12,
            penalty: 'none',
            seed: p,
            learningRate: 0.01,
            ...options,
          });
          const rows = (n: number, seed: number) =>
            randomRows(n, 7, seed).map((row) => row.map((u, j) => 2 * u * (1 + j / 7) - 0.5));
          const targets = wiring.outputDim && randomRows(60, 4, 9);
          await sae.fit(rows(60, 1 + o), { epochs: 2, batchSize: 20, targets: targets || undefined });
          const X = [...rows(4, 100 + w), Array(7).fill(0)].map((row) => row.map(Math.fround));
          yield { name: JSON.stringify(options), sae, X };
        }
      }
    }
  }
}
