import { checkParameters, flat, objectiveFunction } from '../check-gradients.js';
import {
  type Activation,
  checkGradients,
  type ParameterCheck,
  type ParameterName,
  type Penalty,
  type Reconstruction,
  SparseAutoencoder,
  type SparseAutoencoderOptions,
} from '../index.js';
import { createPlainKernels } from '../kernels/plain/plain.js';
import { Model } from '../model.js';
import { Objective } from '../objective.js';
import { completeModelOptions } from '../options.js';
import { viewParameters } from '../parameters.js';
import { Random } from '../random.js';

/** What every relative error must stay within, in float64. */
const LIMIT = 1e-8;

const activations: Activation[] = ['relu', 'sigmoid', 'tanh', 'identity'];
const reconstructions: Reconstruction[] = ['mse', 'sse', 'half-sse'];
const penalties: Penalty[] = ['kl', 'l1', 'none'];

interface Case {
  readonly name: string;
  readonly options: SparseAutoencoderOptions;
  /** Rows of X. Default 5. */
  readonly n?: number;
  /** Rows that the workspace has room for, if more than n: the last batch of an epoch. */
  readonly room?: number;
  /** Added to b_enc, to make units loud or quiet. */
  readonly loudness?: number;
}

/** Every combination, and the corners. */
export function gradientCases(): Case[] {
  const cases: Case[] = [];
  for (const hiddenActivation of activations) {
    for (const outputActivation of activations) {
      for (const reconstruction of reconstructions) {
        for (const penalty of penalties) {
          if (penalty === 'kl' && (hiddenActivation === 'tanh' || hiddenActivation === 'identity')) continue;
          for (const weightDecay of [0, 0.01]) {
            const name = `${hiddenActivation} ${outputActivation} ${reconstruction} ${penalty}${weightDecay ? ` λ=${weightDecay}` : ''}`;
            cases.push({ name, options: { ...small, hiddenActivation, outputActivation, reconstruction, penalty, weightDecay } });
          }
        }
      }
    }
  }
  return [...cases, ...corners];
}

const small = { inputDim: 6, hiddenDim: 4, beta: 0.5 } as const;

const corners: Case[] = [
  { name: 'KL past its tangent point (relu, ρ̂ > 1)', options: small, loudness: 2 },
  { name: 'KL of saturated units (sigmoid, ρ̂ → 1)', options: { ...small, hiddenActivation: 'sigmoid' }, loudness: 8 },
  { name: 'KL of quiet units (sigmoid, ρ̂ → 0)', options: { ...small, hiddenActivation: 'sigmoid' }, loudness: -6 },
  { name: 'one row, n = 1, KL', options: small, n: 1, loudness: 0.2 },
  { name: 'one row, n = 1, L1', options: { ...small, penalty: 'l1' }, n: 1 },
  { name: 'one unit, h = 1, KL', options: { ...small, hiddenDim: 1, hiddenActivation: 'sigmoid' } },
  { name: 'one unit, h = 1, L1', options: { ...small, hiddenDim: 1, hiddenActivation: 'tanh', penalty: 'l1' } },
  { name: 'a partial batch, 3 rows in room for 8, KL', options: small, n: 3, room: 8, loudness: 0.2 },
  { name: 'a partial batch, 3 rows in room for 8, L1', options: { ...small, penalty: 'l1' }, n: 3, room: 8 },
  { name: 'targets narrower than X', options: { ...small, outputDim: 3, weightDecay: 0.01 } },
  { name: 'targets wider than X', options: { ...small, outputDim: 9, reconstruction: 'sse', penalty: 'l1' } },
  { name: 'a larger one, 30-20-30, n = 40', options: { ...small, inputDim: 30, hiddenDim: 20 }, n: 40 },
];

/** The gradients of a case, checked at random parameters, biases included, on random rows. */
export function checkCase({ name, options, n = 5, room, loudness = 0 }: Case): Record<ParameterName, ParameterCheck> {
  const random = Random.stream(name, 'gradcheck');
  const rows = (count: number, cols: number) =>
    Array.from({ length: count }, () => Array.from({ length: cols }, () => random.uniform()));
  const sae = new SparseAutoencoder({ ...options, seed: name, dtype: 'float64' });
  sae.setParameters({
    encoderBias: Array.from({ length: sae.hiddenDim }, () => loudness + random.uniform() * 0.4),
    decoderBias: Array.from({ length: sae.outputDim }, () => random.uniform() * 0.4),
  });
  if (room) return checkPartialBatch(sae, rows(n, sae.inputDim), room);
  const targets = sae.outputDim === sae.inputDim ? undefined : rows(n, sae.outputDim);
  return checkGradients(sae, rows(n, sae.inputDim), { targets });
}

/** The same with an Objective whose workspace is larger than the batch, as in training. */
function checkPartialBatch(sae: SparseAutoencoder, x: number[][], room: number): Record<ParameterName, ParameterCheck> {
  const model = new Model(completeModelOptions({ ...sae.options }));
  const batch = model.readFinite('gradcheck: X', x, sae.inputDim);
  const objective = new Objective(createPlainKernels('float64'), model.spec, room, false);
  const theta = flat(sae.parameters);
  const gradient = new Float64Array(theta.length);
  objective.evaluate(viewParameters(theta, model.spec), batch, batch, gradient);
  return checkParameters(objectiveFunction(objective, model.spec, batch, batch), theta, gradient, model.spec);
}

const print = (line: string) => process.stdout.write(`${line}\n`);

/** One line a case: the relative error of each parameter, and the worst single entry. */
export function printGradientTable(): void {
  const cases = gradientCases();
  const width = Math.max(...cases.map(({ name }) => name.length));
  print('relative error ‖analytic − numeric‖ / ‖analytic + numeric‖ against central differences, float64\n');
  print(
    `${'hidden output reconstruction penalty'.padEnd(width)}    W_enc    b_enc    W_dec    b_dec   worst entry: analytic, numeric`,
  );
  let worst = 0;
  let failed = 0;
  for (const item of cases) {
    const checks = Object.entries(checkCase(item));
    const errors = checks.map(([, { relativeError }]) => relativeError);
    const largest = Math.max(...errors);
    worst = Math.max(worst, largest);
    if (!(largest <= LIMIT)) failed++;
    print(
      `${item.name.padEnd(width)}  ${errors.map((e) => e.toExponential(1).padStart(7)).join('  ')}   ${worstEntry(checks)}${largest <= LIMIT ? '' : '  ✗'}`,
    );
  }
  print(
    `\n${cases.length} rows, ${failed} above ${LIMIT.toExponential()}; the largest relative error is ${worst.toExponential(2)}`,
  );
  if (failed > 0) process.exitCode = 1;
}

function worstEntry(checks: [string, ParameterCheck][]): string {
  const gap = ({ worst }: ParameterCheck) => Math.abs(worst.analytic - worst.numeric);
  const [name, { worst }] = checks.reduce((a, b) => (gap(b[1]) > gap(a[1]) ? b : a));
  return `${name}[${worst.at.join(', ')}]: ${worst.analytic.toPrecision(12)}, ${worst.numeric.toPrecision(12)}`;
}
