import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { embeddings, SparseAutoencoder } from '../../src/core.js';
import { SparseWorld } from '../../src/truth/world.js';

const shape = (inputDim: number, rows: number) => {
  const { model, fit } = embeddings({ inputDim, rows });
  return [model.k, model.hiddenDim, model.learningRate, fit.batchSize, fit.epochs];
};

test('k, h, learning rate, batch and epochs by the shape of the rows', () => {
  assert.equal(shape(50, 1_000_000), [8, 400, 0.011, 1024, 3]);
  assert.equal(shape(100, 20_000), [16, 800, 0.008, 1024, 100]);
  assert.equal(shape(100, 100_000), [16, 800, 0.008, 1024, 21]);
  assert.equal(shape(100, 110), [16, 56, 0.008, 64, 100], '55 in eights: 31.4 rows a unit');
  assert.equal(shape(100, 20), [16, 32, 0.008, 64, 100], 'twice k: 10 rows a unit');
  assert.equal(shape(384, 778), [32, 776, 0.0041, 192, 100]);
  assert.equal(shape(768, 500_000), [48, 6144, 0.0029, 1024, 5]);
  assert.equal(shape(3072, 5_000_000), [88, 24_576, 0.0014, 1024, 1]);
});

test('what is chosen by the caller stays, and what follows from it follows', () => {
  const { model, sentence } = embeddings({ inputDim: 100, rows: 20_000, hiddenDim: 1024, k: 24, seed: 'x' });
  assert.equal([model.hiddenDim, model.k, model.seed], [1024, 24, 'x']);
  assert.match(sentence, /24 of 1,024 units a row \(TopK; as asked\)/);
  assert.is(embeddings({ inputDim: 100, rows: 20_000, hiddenDim: 5 }).model.k, 5);
});

test('it says when rows are so few that they are learned by heart', () => {
  const said = /With 40 rows a unit it learns much by heart/;
  assert.match(embeddings({ inputDim: 100, rows: 2000 }).sentence, said);
  assert.not.match(embeddings({ inputDim: 100, rows: 20_000 }).sentence, /by heart/);
});

test('it says when rows are narrower or wider than any it was tried on', () => {
  const sentence = (inputDim: number) => embeddings({ inputDim, rows: 1_000_000 }).sentence;
  assert.match(sentence(49), /second half\. It was tried on rows of 50 to 3,072 numbers, not on such of 49$/);
  assert.match(sentence(4096), /not on such of 4,096$/);
  for (const d of [50, 3072]) assert.not.match(sentence(d), /tried/);
});

test('it says in a sentence what it chose', () => {
  assert.is(
    embeddings({ inputDim: 100, rows: 20_000 }).sentence,
    'embeddings: rows centred and brought to length √100; 16 of 800 units a row (TopK; 8 × 100), W_dec of unit rows, W_enc from W_decᵀ, ' +
      'b_dec from the median, dead units woken by 50 a row (AuxK); 2,000 steps of 1,024 rows, 100 times over all, at a learning rate of ' +
      '0.008, falling to 0 over the second half',
  );
});

test('a shape that is none is refused', () => {
  const refused = (given: object, message: RegExp) => assert.throws(() => embeddings(given as never), message);
  refused({ inputDim: 100 }, /^embeddings: rows is undefined, expected a whole number of at least 1$/);
  refused({ inputDim: 0, rows: 5 }, /^embeddings: inputDim is 0, /);
  refused({ inputDim: 10, rows: 5, hiddenDim: 4, k: 5 }, /^embeddings: k is 5, expected at most hiddenDim, 4$/);
  refused({ inputDim: 10, rows: 5, width: 4 }, /^embeddings: unknown option "width"/);
});

test('it learns the rows of a world of 384 features in 48 dimensions, whatever their scale and centre, without a dead unit', async () => {
  const { x } = new SparseWorld({ dimension: 48, features: 384, active: 5, seed: 1 }).sample(1500);
  for (let at = 0; at < x.data.length; at++) x.data[at] = 7 + 100 * x.data[at];
  const { model, fit } = embeddings({ inputDim: 48, rows: x.rows });
  const sae = new SparseAutoencoder(model);
  await sae.fit(x, fit);
  const { fvu, deadUnits, l0 } = sae.evaluate(x);
  assert.ok(fvu < 0.3, `FVU ${fvu}`);
  assert.is(deadUnits, 0);
  assert.is(l0, 8);
});

test('rows fewer than a batch do, too', async () => {
  const { model, fit } = embeddings({ inputDim: 5, rows: 3 });
  const sae = new SparseAutoencoder(model);
  const { loss } = await sae.fit(
    [
      [1, 2, 3, 4, 5],
      [2, 1, 0, 3, 5],
      [9, 4, 4, 0, 1],
    ],
    fit,
  );
  assert.ok(loss[loss.length - 1] < loss[0]);
});

test.run();
