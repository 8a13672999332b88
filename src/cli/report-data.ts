import { modelOf } from '../core/sparse-autoencoder.js';
import type { Evaluation, SparseAutoencoder } from '../index.js';
import { elementwise } from '../kernels/elementwise.js';
import type { ReportData, ReportHistory } from '../report/report-data.js';
import { tenths } from '../report/text.js';
import { coreOf } from '../sparse-autoencoder.js';
import { penaltyKind } from '../sparsity/kinds.js';
import type { EpochRecord } from '../training/history.js';
import type { Outcome } from './job.js';
import { count, programCall } from './output.js';
import { matrixOf, quoted, type TrainingPlan } from './plan.js';

const rowsOf = (table: readonly (readonly [string, string])[]) => table.map(([name, value]) => ({ name, value }));

/** What a report is told of a run, beside the model. */
export type About = Pick<TrainingPlan, 'title' | 'judge' | 'judgedBy' | 'image' | 'inputNames' | 'command'> & {
  /** What it learned from, and how; null if nobody knows: a model's file does not say. */
  readonly training: { readonly rows: number; readonly fit: TrainingPlan['fit'] } | null;
  /** Whether the learning rate came to its end; undefined if nobody knows. */
  readonly rateEnded?: boolean;
  /** Units active on no row, where the rows it is judged by are only some. */
  readonly dead?: readonly number[];
};

/** What the report shows of a run. It holds no time and no place: the same run gives the same page. */
export function reportData(
  plan: About,
  sae: SparseAutoencoder,
  { records, snapshots }: Pick<Outcome, 'records' | 'snapshots'>,
  test: Evaluation,
): ReportData {
  const { training, judge, judgedBy, dead } = plan;
  const { options, inputDim: d, hiddenDim: h } = sae;
  const penalty = penaltyKind(options).describe(options);
  const epochs = records.length;
  const history = curvesOf(records, penalty !== null);
  const settings: [string, string][] = [
    ['network', `${d}-${h}-${sae.outputDim}, ${options.hiddenActivation} then ${options.outputActivation}`],
    ...(training ? [['training rows', count(training.rows)] as [string, string]] : []),
    ['reconstruction', options.reconstruction],
    ['penalty', penalty ?? 'none'],
    ['optimizer', `Adam, learning rate ${options.learningRate}`],
    ...(epochs
      ? [['epochs', training ? `${epochs} of batches of ${training.fit.batchSize}` : String(epochs)] as [string, string]]
      : []),
    ['initial weights', options.initializer],
    ['seed', String(options.seed)],
  ];
  const results: [string, string][] = [
    ...(epochs
      ? [
          ['training loss, first → last epoch', `${records[0].loss.toFixed(4)} → ${records[epochs - 1].loss.toFixed(4)}`] as [
            string,
            string,
          ],
        ]
      : []),
    [`${judgedBy} loss`, test.loss.toFixed(4)],
    [`${judgedBy} reconstruction (${options.reconstruction})`, test.reconstruction.toFixed(4)],
    ...(penalty
      ? [[`${judgedBy} sparsity (${options.penalty}, before its weight)`, test.sparsity.toFixed(4)] as [string, string]]
      : []),
    ['explained variance', `${tenths(100 * test.explainedVariance)}%`],
    ['active units per row (L0)', `${test.l0.toFixed(1)} of ${h}`],
    ['units that never fire (dead)', String(dead?.length ?? test.deadUnits)],
  ];
  const measured = `is measured on ${count(judge.rows)} ${judgedBy} rows.`;
  const summary = training
    ? `It saw ${count(training.rows)} rows ${epochs} times; everything below but the curves of its training ${measured}`
    : epochs
      ? `It was trained for ${epochs} epochs; everything below but the curves of these ${measured}`
      : `Everything below ${measured}`;
  return {
    title: plan.title,
    command: [programCall(), ...plan.command.map(quoted)].join(' '),
    summary,
    settings: rowsOf(settings),
    results: rowsOf(results),
    image: plan.image,
    inputNames: plan.image ? null : plan.inputNames,
    classNames: judge.classes?.names ?? [],
    lossLabel: options.reconstruction === 'mse' ? 'mean squared error per entry' : `reconstruction (${options.reconstruction})`,
    penaltyLabel: penalty && options.penalty.toUpperCase(),
    rho: penaltyKind(options).target?.(options) ?? null,
    explainedVariance: test.explainedVariance,
    model: {
      inputDim: d,
      hiddenDim: h,
      outputDim: sae.outputDim,
      encoderWeight: sae.parameters.encoderWeight.data,
      decoderWeight: sae.parameters.decoderWeight.data,
      decoderBias: sae.parameters.decoderBias.data,
      ...(sae.names.some((name) => name !== null) && { names: sae.names }),
      ...(dead && { dead }),
      output: elementwise[options.outputActivation].value,
    },
    samples: {
      x: modelOf(coreOf(sae)).prepare(judge).data,
      targets: null,
      codes: sae.transform(matrixOf(judge)).data,
      labels: judge.classes?.of ?? null,
      texts: judge.texts ?? null,
    },
    history: { ...history, rateEnded: plan.rateEnded },
    snapshots,
  };
}

/** The curves of what is kept of each epoch; of those that only some epochs have, gaps for the others. */
function curvesOf(records: readonly EpochRecord[], penalized: boolean): ReportHistory {
  const all = (of: (record: EpochRecord) => number | undefined) => {
    const values = records.map((record) => of(record) ?? Number.NaN);
    return values.some(Number.isFinite) ? values : [];
  };
  return {
    loss: all(({ loss }) => loss),
    reconstruction: all(({ reconstruction }) => reconstruction),
    sparsity: penalized ? all(({ penalty }) => penalty) : [],
    validationLoss: all(({ validationLoss }) => validationLoss),
    l0: all(({ l0 }) => l0),
  };
}
