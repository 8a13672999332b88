import { courseOf, type Course as Went } from '../training/course.js';
import type { Finding } from './finding.js';
import type { ReportData } from './report-data.js';
import { short } from './text.js';

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
  const { kind, least, last } = courseOf(history.loss, history.validationLoss, history.weight);
  const found = kind === 'unknown' ? [] : [said(kind, short(least), short(last), history.rateEnded)];
  return { kind, found };
}

function said(kind: Exclude<Course['kind'], 'unknown'>, least: string, last: string, rateEnded: boolean | undefined): Said {
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
        advice: '; fewer epochs would do',
      };
    case 'level':
      return { tone: 'good', text: 'The loss has levelled off', advice: ': more epochs would change little' };
    case 'falling': {
      if (rateEnded)
        return { tone: 'good', text: 'The loss fell until training ended, where the learning rate had come to its end' };
      const unless = rateEnded === undefined ? ', unless the learning rate had come to its end' : '';
      return {
        tone: 'fair',
        text: 'The loss was still falling when training ended',
        advice: `: more epochs would improve it${unless}`,
      };
    }
  }
}
