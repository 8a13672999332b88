import { SparseAutoencoder } from '../../src/core.js';
import { optionsOf, type Setup } from '../../src/page/setup.js';
import { digits } from '../helpers.js';

/** The loss of a step, as `fit` by itself comes to it on the page's digits. */
export async function lossAt(last: number, setup: Setup): Promise<number> {
  const sae = new SparseAutoencoder({ ...optionsOf(setup, { inputDim: 784, outputActivation: 'sigmoid' }), threads: 1 });
  const stop = new AbortController();
  let step = 0;
  let found = Number.NaN;
  const onBatchEnd = ({ loss }: { loss: number }) => {
    if (++step < last) return;
    found = loss;
    stop.abort();
  };
  await sae.fit(digits(setup.samples), { epochs: last, batchSize: setup.batch, signal: stop.signal, onBatchEnd }).catch(() => {});
  return found;
}
