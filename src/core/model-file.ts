import type { Tensor } from '../formats/entries.js';
import { readSafetensors, type Safetensors, writeSafetensors } from '../formats/safetensors.js';
import type { FloatArray, Matrix } from '../kernels/kernels.js';
import { partsOf } from '../layers/parameters.js';
import { type Names, readNames } from '../meaning/names.js';
import { layoutOf } from '../model/layout.js';
import { checkOptions, flag, refuse, show } from '../numbers/checks.js';
import { firstNonFinite } from '../numbers/matrix.js';
import { isRandomState, type RandomState } from '../numbers/random.js';
import { WeightMean } from '../training/averaging.js';
import type { EpochRecord } from '../training/history.js';
import type { Run, TrainingState } from '../training/training-state.js';
import { Model } from './model.js';
import { type Backend, commonOptions, completeModelOptions, type SparseAutoencoderOptions } from './options.js';

/**
 * A model as one safetensors file.
 *   tensors    θ part by part, under the names of its layout (SAELens's): W_enc d×h, b_enc, W_dec h×d′, b_dec, …;
 *              what other programs know by another form (threshold beside log_threshold, W_enc of tied weights), which is
 *              not read back; memory.NAME, F64: what its kinds remember; and for training
 *              adam.m, adam.v: the moments, laid out as θ; mean.iterate, mean.mean, where weights are averaged;
 *              best.theta, best.m, best.v, best.memory.NAME, best.mean.…: the best epoch
 *   metadata   format, version, options (JSON), history (JSON: an object an epoch), names (JSON: a text or null a unit), where
 *              any has one, and for training
 *              training (JSON): see Training
 */
const FORMAT = 'sparse-autoencoder';
const VERSION = 1;

export interface ToBytesOptions {
  /** Adds all that training needs to go on as if nothing had happened. Default false. */
  training?: boolean;
}

export interface FromBytesOptions {
  /** Where the arithmetic shall run here, instead of where the file says. */
  backend?: Backend;
  threads?: 'auto' | number;
}

/** Where training stands, apart from arrays. */
interface Training {
  readonly step: number;
  readonly streams: Readonly<Record<string, RandomState>>;
  /** How many weights the mean is of, where one is kept. */
  readonly averaged?: number;
  readonly run: (Omit<Run, 'best'> & { readonly best: Best | null }) | null;
}

interface Best {
  readonly loss: number;
  readonly epoch: number;
  readonly step: number;
  readonly averaged?: number;
  readonly streams: Readonly<Record<string, RandomState>>;
}

const tensor = (data: FloatArray, shape: readonly number[] = [data.length]): Tensor => ({
  dtype: data instanceof Float32Array ? 'F32' : 'F64',
  shape,
  data,
});

/** The file of a model, as it stood at the end of its last good epoch. */
export function toBytes(model: Model, options: ToBytesOptions): Uint8Array<ArrayBuffer> {
  checkOptions('toBytes', options, { training: flag });
  const { state, layout, spec } = model;
  const parts = partsOf(state.theta, layout);
  const tensors = [
    ...layout.map(({ name, shape, tensor: as }) => [as, tensor((parts.get(name) as Matrix).data, shape)] as const),
    ...aliases(model),
  ];
  const metadata: [string, string][] = [
    ['format', FORMAT],
    ['version', String(VERSION)],
    ['options', JSON.stringify(spec)],
  ];
  if (state.records.length) metadata.push(['history', JSON.stringify(state.records)]);
  if (model.names.some((name) => name !== null)) metadata.push(['names', JSON.stringify(model.names)]);
  const remembered = memoryTensors('memory', state);
  if (!options.training) return writeSafetensors([...tensors, ...remembered], metadata);
  const { best, ...run } = state.run ?? { best: null };
  const training: Training = {
    step: state.step,
    streams: state.memory.positions,
    averaged: state.averaged?.steps,
    run: state.run && { ...(run as Run), best: best && bestOf(best) },
  };
  return writeSafetensors(
    [
      ...tensors,
      ...remembered,
      ['adam.m', tensor(state.m)],
      ['adam.v', tensor(state.v)],
      ...meanTensors('mean', state),
      ...(best ? bestTensors(best.state) : []),
    ],
    [...metadata, ['training', JSON.stringify(training)]],
  );
}

/** What a file holds for others alone. */
function aliases({ spec, layout, state }: Model): (readonly [string, Tensor])[] {
  const parts = partsOf(state.theta, layout);
  const renamed = layout.flatMap(({ name, shape, alias }) =>
    alias ? [[alias.tensor, tensor((parts.get(name) as Matrix).data.map(alias.of), shape)] as const] : [],
  );
  if (layout.some(({ name }) => name === 'encoderWeight')) return renamed;
  const { data, rows, cols } = parts.get('decoderWeight') as Matrix;
  const transposed = data.map((_, at) => data[(at % rows) * cols + Math.floor(at / rows)]);
  return [...renamed, ['W_enc', tensor(transposed, [spec.inputDim, spec.hiddenDim])]];
}

const memoryTensors = (prefix: string, { memory }: TrainingState) =>
  Object.entries(memory.values).map(([name, values]) => [`${prefix}.${name}`, tensor(values)] as const);

const bestOf = ({ state, loss, epoch }: NonNullable<Run['best']>): Best => ({
  loss,
  epoch,
  step: state.step,
  averaged: state.averaged?.steps,
  streams: state.memory.positions,
});

const meanTensors = (prefix: string, { averaged }: TrainingState) =>
  averaged ? [[`${prefix}.iterate`, tensor(averaged.iterate)] as const, [`${prefix}.mean`, tensor(averaged.mean)] as const] : [];

const bestTensors = (state: TrainingState) => [
  ['best.theta', tensor(state.theta)] as const,
  ['best.m', tensor(state.m)] as const,
  ['best.v', tensor(state.v)] as const,
  ...memoryTensors('best.memory', state),
  ...meanTensors('best.mean', state),
];

/**
 * The model that a file holds.
 * @throws RangeError or TypeError naming the byte, tensor or option that is not as it should be
 */
export function readModel(bytes: Uint8Array, how: FromBytesOptions): Model {
  const call = 'fromBytes';
  if (!(bytes instanceof Uint8Array)) throw new TypeError(`${call}: got ${show(bytes)}, expected a Uint8Array`);
  checkOptions(call, how, { backend: commonOptions.backend.check, threads: commonOptions.threads.check });
  const { tensors, metadata } = readContainer(bytes, call);
  if (metadata.get('format') !== FORMAT) {
    throw new RangeError(`${call}: these are safetensors, but no model: their metadata has no format "${FORMAT}"`);
  }
  const version = Number(metadata.get('version'));
  if (version !== VERSION) {
    const newer = version > VERSION ? ', which a newer version of this library has written' : '';
    throw new RangeError(`${call}: format version is ${show(metadata.get('version'))}${newer}, expected ${VERSION}`);
  }
  const options = parse<SparseAutoencoderOptions>(metadata, 'options');
  const spec = completeModelOptions({ ...options, ...how }, call);
  const take = reader(call, tensors, spec.dtype === 'float32' ? 'F32' : 'F64');
  // Before anything of the size that the options claim is made, the file must hold as much.
  const parts = layoutOf(spec).map(({ name, tensor: as, shape }) => ({ name, data: take(as, shape) }));
  const model = new Model(spec, true);
  for (const [name, { shape }] of aliases(model)) take(name, shape, undefined, true);
  const own = partsOf(model.state.theta, model.layout);
  for (const { name, data } of parts) own.get(name)?.data.set(data);
  model.state.memory.keep('silence', new Float64Array(spec.hiddenDim));
  model.state.memory.keep('targets', [0]);
  takeMemory(take, tensors, 'memory', model.state);
  if (metadata.has('history')) model.state.records.push(...readRecords(metadata.get('history') as string));
  if (metadata.has('names')) model.names = readNamesOf(metadata.get('names') as string, model.names);
  if (metadata.has('training')) readTraining(take, tensors, parse<Training>(metadata, 'training'), model.state);
  if (tensors.size > 0) throw new RangeError(`${call}: unknown tensor ${show([...tensors.keys()][0])}`);
  return model;
}

function readContainer(bytes: Uint8Array, call: string): Safetensors {
  try {
    return readSafetensors(bytes, call);
  } catch (error) {
    throw new RangeError(`${(error as Error).message}; expected a model in a safetensors file`, { cause: error });
  }
}

function parse<T>(metadata: ReadonlyMap<string, string>, key: string): T {
  const text = metadata.get(key);
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {}
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T;
  return refuse(`fromBytes: metadata's ${key}`, text, 'a JSON object');
}

type Take = (name: string, shape: readonly number[], dtype?: 'F32' | 'F64', unread?: boolean) => FloatArray;

/** Takes tensor after tensor out of those that a file has: each must be there, of its shape, and finite unless it stays unread. */
function reader(call: string, tensors: Safetensors['tensors'], usual: 'F32' | 'F64'): Take {
  return (name, shape, dtype = usual, unread) => {
    const found = tensors.get(name);
    if (!found) throw new RangeError(`${call}: tensor ${name} is missing, expected [${shape}] of ${dtype}`);
    if (found.dtype !== dtype || String(found.shape) !== String(shape)) {
      throw new RangeError(`${call}: tensor ${name} is [${found.shape}] of ${found.dtype}, expected [${shape}] of ${dtype}`);
    }
    tensors.delete(name);
    const data = found.data as FloatArray;
    const at = unread ? -1 : firstNonFinite(data);
    if (at < 0) return data;
    const place = shape.length === 2 ? [Math.floor(at / shape[1]), at % shape[1]] : [at];
    return refuse(`${call}: ${name}[${place.join(', ')}]`, data[at], 'a finite number');
  };
}

/** Of what a fit begins to remember, silence and targets, a file has what had begun: before its best epoch, it may be, or after. */
function takeMemory(take: Take, tensors: Safetensors['tensors'], prefix: string, { memory: { values } }: TrainingState): void {
  for (const [name, numbers] of Object.entries(values)) {
    const tensor = `${prefix}.${name}`;
    if (/^(silence|targets)$/.test(name) && !tensors.has(tensor)) delete values[name];
    else numbers.set(take(tensor, [numbers.length], 'F64'));
  }
}

function takeMean(take: Take, prefix: string, steps: number | undefined, state: TrainingState): void {
  if (steps === undefined) return;
  const size = [state.theta.length];
  state.averaged = new WeightMean(take(`${prefix}.iterate`, size).slice(), take(`${prefix}.mean`, size).slice());
  state.averaged.steps = whole(`${prefix}'s steps`, steps);
}

function readTraining(
  take: Take,
  tensors: Safetensors['tensors'],
  { step, streams, averaged, run }: Training,
  state: TrainingState,
): void {
  const size = [state.theta.length];
  state.m.set(take('adam.m', size));
  state.v.set(take('adam.v', size));
  state.step = whole('step', step);
  takeMean(take, 'mean', averaged, state);
  state.memory.positions = positions(streams);
  if (run === null) return;
  const { rows, batchSize, shuffle, start } = run ?? damaged('run', run);
  if (typeof shuffle !== 'boolean') damaged('run.shuffle', shuffle);
  state.run = {
    start: whole('run.start', start),
    rows: whole('run.rows', rows),
    batchSize: whole('run.batchSize', batchSize),
    shuffle,
    best: null,
  };
  if (state.run.start > state.records.length) damaged('run.start', start);
  if (run.best === null) return;
  const best = run.best ?? damaged('run.best', run.best);
  const { loss, epoch } = best;
  if (!Number.isFinite(loss)) damaged('run.best.loss', loss);
  const copy = state.clone();
  copy.theta.set(take('best.theta', size));
  copy.m.set(take('best.m', size));
  copy.v.set(take('best.v', size));
  copy.step = whole('run.best.step', best.step);
  takeMemory(take, tensors, 'best.memory', copy);
  copy.averaged = null;
  takeMean(take, 'best.mean', best.averaged, copy);
  copy.memory.positions = positions(best.streams);
  state.run.best = { state: copy, loss, epoch: whole('run.best.epoch', epoch) };
}

function readRecords(text: string): EpochRecord[] {
  try {
    const records: unknown = JSON.parse(text);
    if (Array.isArray(records) && records.every(isRecord)) return records;
  } catch {}
  return refuse("fromBytes: metadata's history", text, 'a JSON list of numbers by name');
}

function readNamesOf(text: string, before: Names): Names {
  let names: unknown;
  try {
    names = JSON.parse(text);
  } catch {}
  if (Array.isArray(names)) return readNames("fromBytes: metadata's names", names, before);
  return refuse("fromBytes: metadata's names", text, 'a JSON list of texts and nulls');
}

const isRecord = (record: unknown): boolean =>
  typeof record === 'object' && record !== null && Object.values(record).every((value) => Number.isFinite(value));

function positions(streams: Training['streams']): Training['streams'] {
  if (typeof streams !== 'object' || streams === null) damaged('streams', streams);
  for (const [name, position] of Object.entries(streams)) if (!isRandomState(position)) damaged(`streams.${name}`, position);
  return streams;
}

function whole(where: string, value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : damaged(where, value);
}

function damaged(where: string, value: unknown): never {
  throw new RangeError(`fromBytes: metadata's training: ${where} is ${show(value)}, which toBytes does not write`);
}
