import { completeModelOptions, type SparseAutoencoderOptions } from '../core/options.js';
import { modelOf, type PerParameter, SparseAutoencoder } from '../core/sparse-autoencoder.js';
import { elementwise } from '../kernels/elementwise.js';
import { createPlainKernels } from '../kernels/plain/plain.js';
import { viewParameters } from '../layers/parameters.js';
import { reconstructionScale } from '../layers/reconstruction.js';
import { Objective } from '../model/objective.js';
import { Random } from '../numbers/random.js';
import type { GradientCase } from '../sparsity/kind.js';
import { codes, penalties, terms } from '../sparsity/kinds.js';
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

/** Every legal combination of kinds, the corners that each kind names, and those that no kind owns. */
export function gradientCases(): CompleteCase[] {
  const plainTerm: GradientCase = { name: '', options: {} };
  const combined = codes.flatMap((code) =>
    Object.keys(elementwise).flatMap((outputActivation) =>
      Object.keys(reconstructionScale).flatMap((reconstruction) =>
        penalties.flatMap((penalty) =>
          [plainTerm, ...terms.flatMap(({ cases }) => cases)].map((term) => ({
            ...term,
            name: `${code.name} ${outputActivation} ${reconstruction} ${penalty.name} ${term.name}`.trim(),
            options: { hiddenActivation: code.name, outputActivation, reconstruction, penalty: penalty.name, ...term.options },
          })),
        ),
      ),
    ),
  );
  const ofCodes = codes.flatMap(({ name, cases }) => cases.map((item) => withOption(item, 'hiddenActivation', name)));
  const ofPenalties = penalties.flatMap(({ name, cases }) => cases.map((item) => withOption(item, 'penalty', name)));
  const cases = [...combined.filter(({ options }) => isLegal(options)), ...ofCodes, ...ofPenalties, ...corners];
  return cases.map((item) => ({ ...item, options: { ...small, ...item.options } as SparseAutoencoderOptions }));
}

const withOption = (item: GradientCase, option: string, value: string): GradientCase => ({
  ...item,
  options: { [option]: value, ...item.options },
});

const corners: GradientCase[] = [
  { name: 'targets narrower than X', options: { outputDim: 3, weightDecay: 0.01 } },
  { name: 'a larger one, 30-20-30, n = 40', options: { inputDim: 30, hiddenDim: 20 }, n: 40 },
];

/** The gradients of a case, checked at random parameters, biases included, on random rows. */
export function checkCase({ name, options, n = 5, room, loudness = 0 }: CompleteCase): PerParameter<ParameterCheck> {
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
function checkPartialBatch(sae: SparseAutoencoder, x: number[][], room: number): PerParameter<ParameterCheck> {
  const model = modelOf(sae);
  const { spec, layout, memory } = model;
  const batch = model.readFinite('gradcheck: X', x, sae.inputDim);
  const objective = new Objective(createPlainKernels('float64'), spec, room, false, memory);
  const theta = flat(sae.parameters, layout);
  const gradient = new Float64Array(theta.length);
  objective.evaluate(viewParameters(theta, layout), batch, batch, gradient);
  return checkParameters(objectiveFunction(objective, layout, batch, batch), theta, gradient, layout);
}
