import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnose, type FitOptions, SparseAutoencoder, type SparseAutoencoderOptions, SparseWorld } from '../../src/index.js';

const world = new SparseWorld({ dimension: 16, features: 24, active: 2, seed: 1 }).sample(600).x;
const X = Array.from({ length: 600 }, (_, i) => Array.from(world.data.subarray(16 * i, 16 * i + 16)));

async function sentences(options: Partial<SparseAutoencoderOptions>, fit: FitOptions = {}, data = X): Promise<string[]> {
  const sae = new SparseAutoencoder({
    inputDim: 16,
    hiddenDim: 32,
    penalty: 'l1',
    outputActivation: 'identity',
    learningRate: 0.01,
    ...options,
  });
  const history = await sae.fit(data, { epochs: 30, batchSize: 50, ...fit });
  return diagnose(sae.evaluate(data), sae.options, history);
}

/** One sentence and no other, which holds this. */
const says = async (expected: RegExp, ...run: Parameters<typeof sentences>) => {
  const said = await sentences(...run);
  assert.is(said.length, 1, said.join('\n') || 'nothing was said');
  assert.match(said[0], expected);
};

test('a run that went well is not commented on', async () => assert.equal(await sentences({ beta: 0.01 }, { epochs: 60 }), []));

test('a penalty so strong that all units die', () =>
  says(
    /^All 32 units are dead: .* Try a smaller beta \(it is 5\) or a smaller learningRate\.$/,
    { beta: 5, reconstruction: 'mse' },
    { epochs: 100 },
  ));

test('half of the units dead from the start', async () => {
  const sae = new SparseAutoencoder({
    inputDim: 16,
    hiddenDim: 32,
    penalty: 'none',
    outputActivation: 'identity',
    learningRate: 0.01,
  });
  sae.setParameters({ encoderBias: Array.from({ length: 32 }, (_, j) => (j % 2 ? -50 : 0)) });
  await sae.fit(X, { epochs: 60, batchSize: 50 });
  const said = diagnose(sae.evaluate(X), sae.options);
  assert.match(
    said[0],
    /^(1[6-9]|2\d) of 32 units are dead, active on no row \(\d+%\)\. Try resampling in fit, fewer hidden units\.$/,
  );
});

test('a penalty too weak for the code to be sparse', () =>
  says(
    /^The code is not sparse: \S+ of 32 units are active a row, since beta 0\.000001 is too weak\. Try a larger beta, or targetL0, which finds it\.$/,
    { beta: 1e-6 },
    { epochs: 3 },
  ));

test('data that nobody has scaled: grey levels of 0 … 255', async () => {
  const said = await sentences(
    { beta: 1e-6 },
    { epochs: 20 },
    X.map((row) => row.map((x) => 255 * x)),
  );
  assert.ok(
    said.some((line) => /^The data are not scaled: an entry's standard deviation is \d\d/.test(line)),
    said.join('\n'),
  );
});

test('an output that cannot reach the data', async () => {
  const said = await sentences(
    { outputActivation: 'sigmoid', beta: 0 },
    {},
    X.map((row) => row.map((x) => x - 3)),
  );
  assert.ok(
    said.some((line) =>
      /^The reconstruction is worse than the mean of the rows \(FVU \S+\). Try outputActivation "identity": "sigmoid" does not reach \d+(\.\d)?% of the values\.$/.test(
        line,
      ),
    ),
    said.join('\n'),
  );
});

test('a run that is too short to be better than the mean is not told of an output that reaches all the data', () =>
  says(
    /^The reconstruction is worse than the mean of the rows \(FVU \S+\)\. Try more epochs or another learningRate\.$/,
    { outputActivation: 'sigmoid', beta: 0.1, learningRate: 1e-4 },
    { epochs: 1 },
    X.map((row) => row.map((x) => (x > 1 ? 1 : 0))),
  ));

test('sigmoid units that are stuck', async () => {
  const sae = new SparseAutoencoder({
    inputDim: 16,
    hiddenDim: 32,
    hiddenActivation: 'sigmoid',
    outputActivation: 'identity',
    penalty: 'none',
  });
  sae.setParameters({ encoderBias: Array(32).fill(9) });
  assert.ok(diagnose(sae.evaluate(X), sae.options).some((line) => line.startsWith('32 of 32 units are saturated')));
});

test('a target that was missed, and by which side', async () => {
  const said = await sentences({ targetL0: 2 }, { epochs: 2 });
  assert.not.match(said.join(), /beta, or targetL0/, 'which is there');
  assert.match(
    said[said.length - 1],
    /units are active a row, where targetL0 is 2\. Try more epochs, or a larger beta to start from\.$/,
  );
});

const course = (loss: number[], validationLoss: number[] = [], penalty: number[] = []) => {
  const sae = new SparseAutoencoder({ inputDim: 16, hiddenDim: 32, penalty: 'l1', outputActivation: 'identity' });
  const fine = { l0: 3, deadUnits: 0, mse: 0.1, fvu: 0.1, meanActivation: [1] };
  const none: number[] = [];
  const history = {
    loss,
    validationLoss,
    reconstruction: none,
    sparsity: penalty.map(() => 1),
    penalty,
    l0: none,
    deadUnits: none,
  };
  return diagnose(fine, sae.options, {
    ...history,
    validationReconstruction: none,
    validationSparsity: none,
    validationL0: none,
    bestEpoch: 0,
  });
};

test('the course of the losses: unstable, overfitting, or neither', () => {
  assert.equal(course([5, 4, 3, 2, 1.9]), []);
  assert.equal(course([1, 3, 4, 4, 4]), [], 'a penalty that warms up raises the loss at first');
  assert.match(course([5, 4, 2, 2, 3])[0], /^The loss went up again after epoch 3, from 2 to 3: training is unstable/);
  assert.equal(course([1, 1, 1, 2, 3, 3], [], [0, 0, 0, 1, 2, 2]), [], 'one that warms up for longer');
  assert.match(course([1, 1, 2, 2, 3], [], [0, 1, 1, 1, 1])[0], /^The loss went up again after epoch 3, from 2 to 3/);
  assert.match(course([5, 4, 3, 2, 1], [5, 3, 2, 3, 4])[0], /^The validation loss went up again after epoch 3.*overfits/);
});

test.run();
