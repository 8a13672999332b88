import { modelOf } from '../core/sparse-autoencoder.js';
import type { Evaluation, SparseAutoencoder } from '../index.js';
import { elementwise } from '../kernels/elementwise.js';
import type { ReportData, ReportHistory } from '../report/report-data.js';
import { resultsOf } from '../report/results.js';
import { labelsOf, settingsOf, type Training } from '../report/settings.js';
import { coreOf } from '../sparse-autoencoder.js';
import { type EpochRecord, rateEnded, weightOf } from '../training/history.js';
import type { Outcome } from './job.js';
import { count, programCall } from './output.js';
import { matrixOf, quoted, type TrainingPlan } from './plan.js';

/** What a report is told of a run, beside the model. */
export type About = Pick<TrainingPlan, 'title' | 'judge' | 'judgedBy' | 'image' | 'inputNames' | 'command'> & {
  /** null if nobody knows: a model's file does not say. */
  readonly training: Training | null;
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
  const labels = labelsOf(sae, test.l0);
  const epochs = records.length;
  const of = training
    ? `It saw ${count(training.rows)} rows ${epochs} times; everything below but the curves of its training`
    : `It was trained for ${epochs} epochs; everything below but the curves of these`;
  const summary = epochs
    ? `${of} is measured on ${count(judge.rows)} ${judgedBy} rows.`
    : `Everything below is measured on ${count(judge.rows)} rows.`;
  return {
    title: plan.title,
    command: [programCall(), ...plan.command.map(quoted)].join(' '),
    summary,
    settings: settingsOf(sae, training, epochs),
    results: [...courseOf(records), ...resultsOf(sae, test, judgedBy, dead)],
    image: plan.image,
    inputNames: plan.image ? null : plan.inputNames,
    classNames: judge.classes?.names ?? [],
    ...labels,
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
    history: { ...curvesOf(records, labels), rateEnded: rateEnded(records) },
    snapshots,
  };
}

const courseOf = (records: readonly EpochRecord[]) =>
  records.length === 0
    ? []
    : [
        {
          name: 'training loss, first → last epoch',
          value: `${records[0].loss.toFixed(4)} → ${records[records.length - 1].loss.toFixed(4)}`,
        },
      ];

/** The curves of what is kept of each epoch, with gaps where an epoch does not say. */
function curvesOf(records: readonly EpochRecord[], { beta, restLabel }: Pick<ReportData, 'beta' | 'restLabel'>): ReportHistory {
  const penalized = beta !== null;
  const all = (of: (record: EpochRecord) => number | undefined, known = true) => {
    const values = records.map((record) => of(record) ?? Number.NaN);
    return known && values.some(Number.isFinite) ? values : [];
  };
  const penaltyOf = ({ penalty }: EpochRecord) => (penalized ? penalty : 0);
  return {
    loss: all(({ loss }) => loss),
    reconstruction: all(({ reconstruction }) => reconstruction),
    sparsity: all(penaltyOf, penalized),
    weight: penalized ? records.map(weightOf) : [],
    // None of these terms is ever negative.
    rest: all(
      (record) => Math.max(0, record.loss - record.reconstruction - (penaltyOf(record) ?? Number.NaN)),
      restLabel !== null,
    ),
    validationLoss: all(({ validationLoss }) => validationLoss),
    l0: all(({ l0 }) => l0),
  };
}
