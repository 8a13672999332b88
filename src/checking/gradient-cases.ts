import { completeModelOptions, type SparseAutoencoderOptions } from '../core/options.js';
import type { PerParameter } from '../core/results.js';
import { modelOf, SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { elementwise } from '../kernels/elementwise.js';
import { isSparse, type Matrix } from '../kernels/kernels.js';
import { createPlainKernels } from '../kernels/plain/plain.js';
import { viewStored } from '../layers/parameters.js';
import { reconstructionScale } from '../layers/reconstruction.js';
import { inputOf } from '../model/layout.js';
import { Objective } from '../model/objective.js';
import { Random } from '../numbers/random.js';
import type { AnyCodeKind, GradientCase } from '../sparsity/kind.js';
import { codeKind, codes, modifiers, penalties, terms } from '../sparsity/kinds.js';
import { checkGradients, checkParameters, flat, objectiveFunction, type ParameterCheck } from './check-gradients.js';

/** A case with all that a model needs. */
interface CompleteCase extends Omit<GradientCase, 'options'> {
  readonly options: SparseAutoencoderOptions;
}

const small = { inputDim: 6, hiddenDim: 4, beta: 0.5 } as const;

/** Whether the model can be had at all. */
function isLegal(options: object): boolean {
  try {
    completeModelOptions({ ...small, ...options });
    return true;
  } catch {
    return false;
  }
}

/** What may stand beside any kind of code, each with the options that ask for it. */
const extras = [...terms, ...modifiers].map(({ cases }) => cases);

/** Both together; where both say something, what the second says. */
const together = (a: GradientCase, b: GradientCase): GradientCase => ({
  ...a,
  ...b,
  name: `${a.name} ${b.name}`,
  options: { ...a.options, ...b.options },
});

/** Every legal pair of kinds with every way out, with every term or modifier, and every pair of these with every code. */
function combinations(): GradientCase[] {
  return codes.flatMap((code) => {
    const ofCode = { name: code.name, options: optionsOf(code) };
    const pairs = penalties.map(({ name }) => together(ofCode, { name, options: { penalty: name } }));
    const legal = [ofCode, ...pairs].find(({ options }) => isLegal(options)) ?? ofCode;
    const usual = { ...legal, name: code.name };
    const outputs = Object.keys(elementwise).flatMap((outputActivation) =>
      Object.keys(reconstructionScale).map((reconstruction) => ({
        name: `${outputActivation} ${reconstruction}`,
        options: { outputActivation, reconstruction },
      })),
    );
    const ofExtras = extras.flatMap((cases, e) => extras.slice(e + 1).flatMap((others) => product(cases, others)));
    return [...product(pairs, outputs), ...product(pairs, extras.flat()), ...product([usual], ofExtras)];
  });
}

const product = (as: readonly GradientCase[], bs: readonly GradientCase[]) => as.flatMap((a) => bs.map((b) => together(a, b)));

/** Every legal combination, the corners that each kind names, and those that no kind owns. */
export function gradientCases(): CompleteCase[] {
  const ofCodes = codes.flatMap((code) => code.cases.map((item) => named(code.name, optionsOf(code), item)));
  const ofPenalties = penalties.flatMap(({ name, cases }) => cases.map((item) => named('', { penalty: name }, item)));
  const cases = [...combinations().filter(({ options }) => isLegal(options)), ...ofCodes, ...ofPenalties, ...corners];
  return cases.map((item) => ({ ...item, options: { ...small, ...item.options } as SparseAutoencoderOptions }));
}

const optionsOf = ({ name, example }: AnyCodeKind) => ({ hiddenActivation: name, ...example });

const named = (name: string, options: GradientCase['options'], item: GradientCase): GradientCase => ({
  ...item,
  name: name ? `${item.name}: ${name}` : item.name,
  options: { ...options, ...item.options },
});

const corners: GradientCase[] = [
  { name: 'targets narrower than X', options: { outputDim: 3, weightDecay: 0.01 } },
  { name: 'a larger one, 30-20-30, n = 40', options: { inputDim: 30, hiddenDim: 20 }, n: 40 },
];

/** The gradients of a case, checked at random parameters, biases included, on random rows. */
export function checkCase({ name, options, n = 5, room, loudness = 0, memory = {} }: CompleteCase): PerParameter<ParameterCheck> {
  const random = Random.stream(name, 'gradcheck');
  const rows = (count: number, cols: number) =>
    Array.from({ length: count }, () => Array.from({ length: cols }, () => random.uniform()));
  const sae = new SparseAutoencoder({ ...options, seed: name, dtype: 'float64' });
  sae.setParameters({
    encoderBias: Array.from({ length: sae.hiddenDim }, () => loudness + random.uniform() * 0.4),
    decoderBias: Array.from({ length: sae.outputDim }, () => random.uniform() * 0.4),
  });
  for (const [what, values] of Object.entries(memory)) modelOf(sae).memory.values[what].set(values);
  const x = rows(n, sae.inputDim);
  const noise = noiseFor(options, n, random);
  if (room) return checkPartialBatch(sae, x, noise, room);
  const targets = sae.outputDim === sae.inputDim ? undefined : rows(n, sae.outputDim);
  const given = asGiven(sae, x);
  return checkGradients(sae, given ?? x, { targets: targets ?? (given ? x : undefined), noise });
}

/** X̃, if the encoder is given that in `fit` while X is asked for: its gradients are those of rows X̃ with targets X. */
function asGiven(sae: SparseAutoencoder, x: number[][]): Matrix | null {
  const { spec, memory } = modelOf(sae);
  if (!modifiers.some((modifier) => modifier.input && modifier.applies(spec))) return null;
  const data = Float64Array.from(x.flat());
  const place = { k: createPlainKernels('float64'), spec, capacity: x.length, memory };
  const given = inputOf(place, { sparse: false, range: [0, 1] })({ data, rows: x.length, cols: sae.inputDim });
  if (isSparse(given)) throw new Error('gradcheck: rows that were not sparse became so');
  return given;
}

/** What a code that is random in training is made of. */
export function noiseFor(
  { hiddenActivation = 'relu', hiddenDim }: SparseAutoencoderOptions,
  n: number,
  random: Random,
): number[][] | undefined {
  if (!codeKind({ hiddenActivation }).random) return undefined;
  return Array.from({ length: n }, () => Array.from({ length: hiddenDim }, () => random.gaussian()));
}

/** The same with an Objective whose workspace is larger than the batch, as in training. */
function checkPartialBatch(
  sae: SparseAutoencoder,
  x: number[][],
  noise: number[][] | undefined,
  room: number,
): PerParameter<ParameterCheck> {
  const model = modelOf(sae);
  const { spec, layout, memory } = model;
  const batch = model.readFinite('gradcheck: X', x, sae.inputDim);
  const objective = new Objective(createPlainKernels('float64'), spec, room, false, memory);
  const drawn = model.readNoise('gradcheck: noise', noise, batch.rows);
  const theta = flat(sae.parameters, layout);
  const gradient = new Float64Array(theta.length);
  objective.evaluate(viewStored(theta, layout), batch, batch, gradient, drawn);
  return checkParameters(objectiveFunction(objective, layout, theta, batch, batch, drawn), theta, gradient, layout);
}
