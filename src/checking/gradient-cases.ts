import { completeModelOptions, type SparseAutoencoderOptions } from '../core/options.js';
import { modelOf, type PerParameter, SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { elementwise } from '../kernels/elementwise.js';
import { createPlainKernels } from '../kernels/plain/plain.js';
import { viewStored } from '../layers/parameters.js';
import { reconstructionScale } from '../layers/reconstruction.js';
import { Objective } from '../model/objective.js';
import { Random } from '../numbers/random.js';
import type { AnyCodeKind, GradientCase } from '../sparsity/kind.js';
import { codes, modifiers, penalties, terms } from '../sparsity/kinds.js';
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

/**
 * Every legal combination of a code, an output, a reconstruction, a penalty and a term of θ alone; every legal one of a
 * code, a penalty and what any kind may have; the corners that each kind names, and those that no kind owns.
 */
export function gradientCases(): CompleteCase[] {
  const nothing: GradientCase = { name: '', options: {} };
  const ofWeights = terms.filter(({ value }) => value).flatMap(({ cases }) => cases);
  const beside = [...terms.filter(({ layer }) => layer), ...modifiers].flatMap(({ cases }) => cases);
  const combined = codes.flatMap((code) =>
    Object.keys(elementwise).flatMap((outputActivation) =>
      Object.keys(reconstructionScale).flatMap((reconstruction) =>
        penalties.flatMap((penalty) =>
          [nothing, ...ofWeights].map((term) => ({
            ...term,
            name: `${code.name} ${outputActivation} ${reconstruction} ${penalty.name} ${term.name}`.trim(),
            options: { ...ofCode(code), outputActivation, reconstruction, penalty: penalty.name, ...term.options },
          })),
        ),
      ),
    ),
  );
  const modified = codes.flatMap((code) =>
    penalties.flatMap((penalty) =>
      beside.map((item) => ({
        ...item,
        name: `${item.name}: ${code.name} ${penalty.name}`,
        options: { ...ofCode(code), outputActivation: 'identity', penalty: penalty.name, ...item.options },
      })),
    ),
  );
  const legal = [...combined, ...modified].filter(({ options }) => isLegal(options));
  const ofCodes = codes.flatMap((code) => code.cases.map((item) => named(code.name, ofCode(code), item)));
  const ofPenalties = penalties.flatMap(({ name, cases }) => cases.map((item) => named('', { penalty: name }, item)));
  const cases = [...legal, ...ofCodes, ...ofPenalties, ...corners];
  return cases.map((item) => ({ ...item, options: { ...small, ...item.options } as SparseAutoencoderOptions }));
}

const ofCode = ({ name, example }: AnyCodeKind) => ({ hiddenActivation: name, ...example });

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
  if (room) return checkPartialBatch(sae, rows(n, sae.inputDim), room);
  const targets = sae.outputDim === sae.inputDim ? undefined : rows(n, sae.outputDim);
  return checkGradients(sae, rows(n, sae.inputDim), { targets });
}

/** The same with an Objective whose workspace is larger than the batch, as in training. */
function checkPartialBatch(sae: SparseAutoencoder, x: number[][], room: number): PerParameter<ParameterCheck> {
  const model = modelOf(sae);
  const { spec, layout, memory } = model;
  const batch = model.readFinite('gradcheck: X', x, sae.inputDim);
  const objective = new Objective(createPlainKernels('float64'), spec, room, false, memory);
  const theta = flat(sae.parameters, layout);
  const gradient = new Float64Array(theta.length);
  objective.evaluate(viewStored(theta, layout), batch, batch, gradient);
  return checkParameters(objectiveFunction(objective, layout, theta, batch, batch), theta, gradient, layout);
}
