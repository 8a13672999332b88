import { type Command, Option } from 'commander';
import type { Decay, DecoderBiasStart, FitOptions } from '../index.js';
import { withoutUndefined } from '../numbers/checks.js';
import { fitChecks, resamplingChecks, scheduleChecks } from '../training/fit-options.js';
import { flag } from './flags.js';

interface Flags {
  shuffle: boolean;
  lrWarmup?: number;
  lrDecay?: Decay;
  lrDecaySteps?: number;
  lrFinal?: number;
  penaltyWarmup?: number;
  clipNorm?: number;
  averaging?: number;
  decoderBias?: DecoderBiasStart;
  resampleEvery?: number;
  resampleUntil?: number;
}

/** What a user says of training by itself, beside its length and its batches. */
export type Fitting = Pick<
  FitOptions,
  'shuffle' | 'schedule' | 'penaltyWarmup' | 'clipNorm' | 'averaging' | 'decoderBias' | 'resampling'
>;

/** A flag for each way in which `fit` can be told how to train. */
export function addFitFlags(command: Command): void {
  const names = (check: { names?: readonly string[] }) => check.names?.join(', ');
  for (const option of [
    new Option('--no-shuffle', 'take the rows in their own order, every epoch'),
    flag('--lr-warmup <n>', 'steps over which the learning rate rises', scheduleChecks.warmup),
    flag('--lr-decay <name>', `how it falls: ${names(scheduleChecks.decay)} (default: constant)`, scheduleChecks.decay),
    flag('--lr-decay-steps <n>', 'it falls in the last n steps (default: in all after the warm-up)', scheduleChecks.decaySteps),
    flag('--lr-final <share>', 'the share of it that is left at the end (default: 0)', scheduleChecks.final),
    flag('--penalty-warmup <n>', 'steps over which β rises', fitChecks.penaltyWarmup),
    flag('--clip-norm <x>', 'scale gradients down to this norm', fitChecks.clipNorm),
    flag('--averaging <γ>', 'the model is the exponential mean of its weights: 0.999', fitChecks.averaging),
    flag('--decoder-bias <start>', `b_dec starts at this of the rows: ${names(fitChecks.decoderBias)}`, fitChecks.decoderBias),
    flag('--resample-every <n>', 'give dead units a new start every n steps', resamplingChecks.every),
    flag('--resample-until <n>', 'up to this step (default: to the end)', resamplingChecks.until),
  ])
    command.addOption(option.helpGroup('Training:'));
}

/** What those flags say, over what a preset does. */
export function fittingFrom(command: Command, preset: Fitting = {}): Fitting {
  const flags = command.opts<Flags>();
  const { lrDecay: decay, lrWarmup: warmup, lrDecaySteps: decaySteps, lrFinal: final } = flags;
  const { resampleEvery: every, resampleUntil: until } = flags;
  needs(command, '--lr-decay-steps', decaySteps, '--lr-decay', decay ?? preset.schedule?.decay);
  needs(command, '--lr-final', final, '--lr-decay', decay ?? preset.schedule?.decay);
  needs(command, '--resample-until', until, '--resample-every', every);
  const schedule = withoutUndefined({ decay, warmup, decaySteps, final });
  const { penaltyWarmup, clipNorm, averaging, decoderBias } = flags;
  return {
    ...preset,
    ...withoutUndefined({ penaltyWarmup, clipNorm, averaging, decoderBias }),
    ...(flags.shuffle === false && { shuffle: false }),
    ...(Object.keys(schedule).length > 0 && { schedule: { ...preset.schedule, ...schedule } }),
    ...(every !== undefined && { resampling: withoutUndefined({ every, until }) }),
  };
}

function needs(command: Command, name: string, value: unknown, other: string, there: unknown): void {
  if (value !== undefined && (there === undefined || there === 'constant'))
    command.error(`error: ${name} has no meaning without ${other}`);
}
