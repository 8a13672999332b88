import { modelOf } from '../core/sparse-autoencoder.js';
import type { Evaluation, SparseAutoencoder } from '../index.js';
import { elementwise } from '../kernels/elementwise.js';
import type { ReportData } from '../report/report-data.js';
import { tenths } from '../report/text.js';
import { coreOf } from '../sparse-autoencoder.js';
import { penaltyKind } from '../sparsity/kinds.js';
import { isSnapshotEpoch, type Outcome, snapshot } from './job.js';
import { count, programCall } from './output.js';
import { matrixOf, quoted, type TrainingPlan } from './plan.js';

const rowsOf = (table: readonly (readonly [string, string])[]) => table.map(([name, value]) => ({ name, value }));

/** What a report is told of a run, beside the model. */
export type About = Pick<TrainingPlan, 'title' | 'judge' | 'judgedBy' | 'image' | 'inputNames' | 'fit' | 'command'> & {
  readonly train: { readonly rows: number };
  /** Whether the learning rate came to its end; undefined if nobody knows. */
  readonly rateEnded?: boolean;
  /** Units active on no row, where the rows it is judged by are only some. */
  readonly dead?: readonly number[];
};

/** What the report shows of a run. It holds no time and no place: the same run gives the same page. */
export function reportData(
  plan: About,
  sae: SparseAutoencoder,
  { history, snapshots }: Pick<Outcome, 'history' | 'snapshots'>,
  test: Evaluation,
): ReportData {
  const { train, judge, judgedBy, dead } = plan;
  const { options, inputDim: d, hiddenDim: h } = sae;
  const penalty = penaltyKind(options).describe(options);
  const epochs = history.loss.length;
  const settings: [string, string][] = [
    ['network', `${d}-${h}-${sae.outputDim}, ${options.hiddenActivation} then ${options.outputActivation}`],
    ['training rows', count(train.rows)],
    ['reconstruction', options.reconstruction],
    ['penalty', penalty ?? 'none'],
    ['optimizer', `Adam, learning rate ${options.learningRate}`],
    ...(epochs ? [['epochs', `${epochs} of batches of ${plan.fit.batchSize}`] as [string, string]] : []),
    ['initial weights', options.initializer],
    ['seed', String(options.seed)],
  ];
  const results: [string, string][] = [
    ...(epochs
      ? [
          ['training loss, first → last epoch', `${history.loss[0].toFixed(4)} → ${history.loss[epochs - 1].toFixed(4)}`] as [
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
  const summary = epochs
    ? `It saw ${count(train.rows)} rows ${epochs} times; everything below but the loss curves is measured on ${count(judge.rows)} ${judgedBy} rows.`
    : `Everything below is measured on ${count(judge.rows)} rows.`;
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
    history: {
      loss: history.loss,
      reconstruction: history.reconstruction,
      sparsity: penalty ? history.sparsity.map((s) => options.beta * s) : [],
      validationLoss: history.validationLoss,
      l0: history.l0,
      rateEnded: plan.rateEnded,
    },
    snapshots: epochs === 0 || isSnapshotEpoch(epochs) ? snapshots : [...snapshots, snapshot(sae, epochs)],
  };
}
