import { courseOf, type Course as Went } from '../training/course.js';
import type { Finding } from './finding.js';
import type { Numbers, ReportData, ReportHistory } from './report-data.js';
import { short } from './text.js';

/** What a curve of steps is judged by. */
const BLOCKS = 20;

/** Without its full stop, which comes behind the advice. */
interface Said extends Finding {
  readonly advice?: string;
}

/** How training went, and what there is to be said of it. */
export interface Course {
  readonly kind: Went['kind'];
  readonly found: readonly Said[];
}

/** Nothing, where the loss of one epoch is not that of another. */
export function courseIn({ history, target }: ReportData): Course {
  if (target !== null) return { kind: 'unknown', found: [] };
  const { loss, validationLoss, weight, steps } = history;
  const { kind, least, last } = steps ? courseOf(inBlocks(loss), [], inBlocks(weight)) : courseOf(loss, validationLoss, weight);
  const found = kind === 'unknown' ? [] : [said(kind, short(least), short(last), history)];
  return { kind, found };
}

/** A few steps say more of their samples than of the run: means of many stand for its epochs. None, where there are too few. */
function inBlocks(values: Numbers): number[] {
  const each = Math.floor(values.length / BLOCKS);
  if (each < 2) return [];
  const all = Array.from(values).slice(values.length - BLOCKS * each);
  const blocks = Array.from({ length: BLOCKS }, (_, b) => all.slice(b * each, (b + 1) * each));
  return blocks.map((block) => block.reduce((sum, value) => sum + value / each, 0));
}

function said(kind: Exclude<Course['kind'], 'unknown'>, least: string, last: string, { rateEnded, steps }: ReportHistory): Said {
  const time = steps ? 'steps' : 'epochs';
  switch (kind) {
    case 'risen':
      return {
        tone: 'bad',
        text: `The loss ends at ${last}, above the ${least} it had reached`,
        advice: ': a smaller learning rate would be steadier',
      };
    case 'overfit':
      return {
        tone: 'fair',
        text: `The validation loss rose from ${least} to ${last}: it overfits`,
        advice: `; fewer ${time} would do`,
      };
    case 'level':
      return { tone: 'good', text: 'The loss has levelled off', advice: `: more ${time} would change little` };
    case 'falling': {
      if (rateEnded)
        return { tone: 'good', text: 'The loss fell until training ended, where the learning rate had come to its end' };
      const unless = rateEnded === undefined ? ', unless the learning rate had come to its end' : '';
      return {
        tone: 'fair',
        text: 'The loss was still falling when training ended',
        advice: `: more ${time} would improve it${unless}`,
      };
    }
  }
}
