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
    /^(1[6-9]|2\d) of 32 units are dead, active on no row \(\d+%\)\. Try resampling, or fewer hidden units\.$/,
  );
});

test('a penalty so strong that hardly a unit is active: each sentence names beta', async () => {
  const [silent, useless, ...more] = await sentences({ beta: 3, learningRate: 0.001 }, { epochs: 40 });
  assert.match(silent, /^\d+ of 32 units are dead, .* Try a smaller beta, or penaltyWarmup\.$/);
  assert.match(
    useless,
    /^The reconstruction is no better than the mean of the rows \(FVU 0\.999\d*\)\. Beta 3 may be too strong, or learningRate 0\.001 too large: try a smaller one, or more epochs\.$/,
  );
  assert.equal(more, []);
  const sae = new SparseAutoencoder({ inputDim: 50, hiddenDim: 64, penalty: 'l1', beta: 3, outputActivation: 'identity' });
  const quiet = { l0: 0.1, deadUnits: 22, saturatedUnits: 0, mse: 3.5, fvu: 1.0035 };
  const [dead, fit, ...others] = diagnose(quiet, sae.options);
  assert.is(dead, '22 of 64 units are dead, active on no row (34%). Try a smaller beta, or penaltyWarmup.');
  assert.match(fit, /^The reconstruction is no better than the mean of the rows \(FVU 1\.004\)\. Beta 3 may be too strong/);
  assert.equal(others, []);
  assert.match(diagnose({ ...quiet, fvu: 2.5 }, sae.options)[1], /^The reconstruction is worse .* Beta 3 may be too strong/);
  assert.match(
    diagnose({ ...quiet, l0: 5, fvu: 0.95 }, sae.options)[1],
    /^Only 5\.0% of the variance is explained\. Beta 3 may be too strong: try a smaller one, more epochs, or a larger learningRate\.$/,
  );
});

test('what is no work of the penalty is not put down to it', () => {
  const bad = { l0: 5, deadUnits: 0, saturatedUnits: 0, mse: 3.5, fvu: 1.003 };
  const options = { inputDim: 50, hiddenDim: 64, penalty: 'l1', outputActivation: 'identity' } as const;
  const said = (evaluation: typeof bad, more: Partial<SparseAutoencoderOptions> = {}) =>
    diagnose(evaluation, new SparseAutoencoder({ ...options, ...more }).options).join('\n');
  assert.match(said(bad), /Beta 0\.0001 may be too strong/);
  assert.match(
    said({ ...bad, fvu: 3 }),
    /^The reconstruction is worse [^B]* Try more epochs, or another learningRate\.$/,
    'far worse',
  );
  assert.not.match(said(bad, { penalty: 'none' }), /Beta/);
  assert.not.match(said(bad, { targetL0: 5 }), /Beta/, 'which finds itself');
  assert.match(said({ ...bad, l0: 60, fvu: 0.95 }), /^The code is not sparse[^\n]*$/, 'a loud code');
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
      /^The reconstruction is worse than the mean of the rows \(FVU \S+\)\. Try outputActivation "identity": "sigmoid" does not reach \d+(\.\d)?% of the values\.$/.test(
        line,
      ),
    ),
    said.join('\n'),
  );
});

test('a run that is too short to be better than the mean is not told of an output that reaches all the data', () =>
  says(
    /^The reconstruction is worse than the mean of the rows \(FVU \S+\)\. Try more epochs, or another learningRate\.$/,
    { outputActivation: 'sigmoid', beta: 0.1, learningRate: 1e-4 },
    { epochs: 1 },
    X.map((row) => row.map((x) => (x > 1 ? 1 : 0))),
  ));

test('a penalty that is too strong and an output that cannot reach the data are both named', () => {
  const { options } = new SparseAutoencoder({ inputDim: 50, hiddenDim: 64, penalty: 'l1', beta: 3 });
  const quiet = { l0: 0.1, deadUnits: 22, saturatedUnits: 0, mse: 3.5, fvu: 1.5, outOfReach: 0.02 };
  assert.match(
    diagnose(quiet, options)[1],
    /Beta 3 may be too strong, or learningRate 0\.001 too large: try a smaller one, or more epochs\. Try outputActivation "identity": "sigmoid" does not reach 2% of the values\.$/,
  );
});

const saturated = (said: string[]) => said.filter((line) => line.includes('saturated')).join();
const sigmoid = { hiddenActivation: 'sigmoid', penalty: 'none' } as const;

test('sigmoid units that are stuck, at 1 or at 0', () => {
  for (const bias of [9, -9]) {
    const sae = new SparseAutoencoder({ inputDim: 16, hiddenDim: 32, outputActivation: 'identity', ...sigmoid });
    sae.setParameters({ encoderBias: Array(32).fill(bias) });
    assert.match(
      saturated(diagnose(sae.evaluate(X), sae.options)),
      /^32 of 32 units are saturated: sigmoid is flat/,
      String(bias),
    );
  }
});

test('sigmoid units of nothing but zeros and ones, whatever the penalty', () => {
  for (const penalty of ['none', 'l1', 'kl'] as const) {
    const sae = new SparseAutoencoder({ inputDim: 16, hiddenDim: 32, outputActivation: 'identity', ...sigmoid, penalty });
    const { data } = sae.parameters.encoderWeight;
    sae.setParameters({ encoderWeight: { data: data.map((w) => 1000 * w), shape: [16, 32] } });
    assert.match(
      saturated(diagnose(sae.evaluate(X), sae.options)),
      /^(2\d|3[0-2]) of 32 units are saturated: sigmoid is flat .* Try a smaller learningRate, or data of a smaller scale\.$/,
    );
  }
});

test('sigmoid units that a learning rate of 1 has brought to an end', async () =>
  assert.match(saturated(await sentences({ ...sigmoid, learningRate: 1 }, { epochs: 15 })), /^32 of 32 units are saturated/));

for (const [options, epochs] of [
  [sigmoid, 30],
  [{ hiddenActivation: 'tanh', penalty: 'none' }, 30],
  [{ ...sigmoid, penalty: 'kl', beta: 0.01 }, 60],
  [{ ...sigmoid, penalty: 'kl', beta: 1 }, 60],
  [{ ...sigmoid, penalty: 'l1', beta: 0.01 }, 60],
  [{ ...sigmoid, penalty: 'l1', beta: 1 }, 60],
] as const)
  test(`a code that is near 0 because it is asked to is not called saturated: ${JSON.stringify(options)}`, async () =>
    assert.is(saturated(await sentences(options, { epochs })), ''));

test('a good code of zeros and ones is none the worse for it', () => {
  const sae = new SparseAutoencoder({ inputDim: 16, hiddenDim: 32, outputActivation: 'identity', ...sigmoid });
  const judged = { l0: 32, deadUnits: 0, saturatedUnits: 32, mse: 0.02 };
  assert.equal(diagnose({ ...judged, fvu: 0.02 }, sae.options), []);
  assert.match(saturated(diagnose({ ...judged, fvu: 0.3 }, sae.options)), /^32 of 32/);
});

test('a target that was missed, and by which side', async () => {
  const said = await sentences({ targetL0: 2 }, { epochs: 2 });
  assert.not.match(said.join(), /beta, or targetL0/, 'which is there');
  assert.match(
    said[said.length - 1],
    /units are active a row, where targetL0 is 2\. Try more epochs, or a larger beta to start from\.$/,
  );
});

test('a code not sparse enough, with thresholds: it is not β that is late, however far it has risen', () => {
  const options = {
    inputDim: 16,
    hiddenDim: 32,
    hiddenActivation: 'jumprelu',
    outputActivation: 'identity',
    targetL0: 3,
  } as const;
  const judged = { l0: 12, deadUnits: 0, saturatedUnits: 0, mse: 0.01, fvu: 0.01 };
  assert.equal(diagnose(judged, new SparseAutoencoder(options).options), [
    '12 units are active a row, where targetL0 is 3. Try more epochs, a larger threshold to start from, or a larger bandwidth: a threshold that no z comes near stays where it is.',
  ]);
});

test('a code too sparse, with thresholds that answer nothing any more', () => {
  const options = {
    inputDim: 16,
    hiddenDim: 32,
    hiddenActivation: 'jumprelu',
    outputActivation: 'identity',
    targetL0: 6,
  } as const;
  const judged = { l0: 2.9, deadUnits: 0, saturatedUnits: 0, mse: 0.4, fvu: 0.43 };
  assert.equal(diagnose(judged, new SparseAutoencoder(options).options), [
    '2.9 units are active a row, where targetL0 is 6. Try more epochs, or a larger bandwidth: a threshold that no z comes near stays where it is.',
  ]);
});

test('a threshold that has not settled: more units than k outside training', async () => {
  const options = { hiddenActivation: 'batch-topk', k: 4, penalty: 'none' } as const;
  const settling = async (more: Partial<SparseAutoencoderOptions>, epochs: number) =>
    (await sentences({ ...options, ...more }, { epochs })).filter((line) => line.includes('where k is 4')).join();
  assert.match(
    await settling({}, 1),
    /^\d\S* units are active a row, where k is 4: the threshold .* Try more epochs, or smaller batches\.$/,
  );
  assert.is(await settling({}, 60), '');
  assert.is(await settling({ hiddenActivation: 'topk' }, 1), '');
});

const course = (loss: number[], validationLoss: number[] = [], penalty: number[] = []) => {
  const sae = new SparseAutoencoder({ inputDim: 16, hiddenDim: 32, penalty: 'l1', outputActivation: 'identity' });
  const fine = { l0: 3, deadUnits: 0, saturatedUnits: 0, mse: 0.1, fvu: 0.1 };
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
