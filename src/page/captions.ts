import { byId } from './dom.js';
import { kindNamed } from './kinds.js';
import type { Frame } from './messages.js';
import type { Setup } from './setup.js';

/** What the page calls that which it learns from. */
export interface Nouns {
  readonly one: string;
  readonly many: string;
  /** As they are called at first. */
  readonly all: string;
  /** What many of them share, what one is made of, and what is more and less of it. */
  readonly shape: string;
  readonly part: string;
  readonly plus: string;
  readonly minus: string;
}

const nouns = {
  digits: { one: 'digit', many: 'digits', all: 'handwritten digits', shape: 'shape', part: 'pixel', plus: 'ink', minus: 'none' },
  words: {
    one: 'word',
    many: 'words',
    all: 'words, each of them 100 numbers,',
    shape: 'meaning',
    part: 'entry',
    plus: 'more',
    minus: 'less',
  },
  pictures: { one: 'picture', many: 'pictures', all: 'pictures', shape: 'shape', part: 'pixel', plus: 'light', minus: 'dark' },
  rows: { one: 'row', many: 'rows', all: 'rows of numbers', shape: 'pattern', part: 'column', plus: 'more', minus: 'less' },
} satisfies Record<string, Nouns>;

export const nounsOf = ({ source, shape }: Frame): Nouns =>
  nouns[source === 'own' ? (shape.image ? 'pictures' : 'rows') : source];

/** The texts that depend on what is seen: what it is called, and how it came to be. */
export class Captions {
  private readonly shown = byId('shown', 'p');
  /** Of the features that are there at first. */
  private readonly beforehand = this.shown.textContent ?? '';
  private said: Nouns = nouns.digits;

  /** `mixed` if the run has had more than one setup. */
  draw(frame: Frame, setup: Setup, mixed: boolean): void {
    const next = nounsOf(frame);
    const text = this.origin(frame, setup, next, mixed);
    if (this.shown.textContent !== text) this.shown.textContent = text;
    if (next === this.said) return;
    this.said = next;
    for (const element of document.querySelectorAll<HTMLElement>('[data-noun]'))
      element.textContent = next[element.dataset.noun as keyof Nouns];
    const { source } = frame;
    byId('samples-field', 'div').hidden = source !== 'digits';
    // It leaves its room behind, and nothing moves up.
    byId('tour-start', 'button').style.visibility = source === 'digits' ? '' : 'hidden';
    byId('world-field', 'div').hidden = source === 'own';
  }

  private origin({ of, about, step, source }: Frame, { kind, samples }: Setup, { many }: Nouns, mixed: boolean): string {
    if (of === 'trained') return about ? `From a file: ${about}.` : this.beforehand;
    if (step === 0) return 'Noise, to start from: nothing has been learned yet.';
    const these = source === 'digits' ? `${samples.toLocaleString('en-US')} ${many}` : source === 'own' ? `your ${many}` : many;
    return `Learned from ${these}, with ${kindNamed(kind).label.split(':')[0]}${mixed ? ', settings changed on the way' : ''}.`;
  }
}
