import { byId, later, make, say } from './dom.js';
import { kinds } from './kinds.js';
import type { Learner } from './learner-client.js';
import type { Answers, Frame } from './messages.js';
import type { Pair } from './pair.js';
import { type Setup, settle } from './setup.js';

/** A setting that two runs may differ in, and what it may be in the second. */
interface Difference {
  readonly name: 'kind' | 'strength' | 'rate' | 'batch' | 'hidden';
  readonly label: string;
  values(setup: Setup): readonly { readonly label: string; readonly value: string | number }[];
}

const times = (factors: readonly number[], of: number) =>
  factors.map((factor) => ({
    label: `${factor} × ${of} = ${Number((factor * of).toPrecision(3))}`,
    value: Number((factor * of).toPrecision(3)),
  }));

const differences: readonly Difference[] = [
  {
    name: 'kind',
    label: 'the kind of sparsity',
    values: ({ kind }) => kinds.filter((k) => k.name !== kind).map(({ name, label }) => ({ label, value: name })),
  },
  { name: 'strength', label: 'its strength', values: ({ strength }) => times([0.1, 0.3, 3, 10], strength) },
  { name: 'rate', label: 'the learning rate', values: ({ rate }) => times([0.1, 0.3, 3, 10], rate) },
  { name: 'batch', label: 'the samples a step', values: ({ batch }) => times([0.25, 0.5, 2, 4], batch) },
  {
    name: 'hidden',
    label: 'the hidden units',
    values: ({ hidden }) => [16, 36, 64, 100, 144].filter((n) => n !== hidden).map((n) => ({ label: String(n), value: n })),
  },
];

/** What the page does for a comparison. */
interface Page {
  setup(): Setup;
  /** Shows the page's own run. */
  show(frame: Frame): void;
  /** Starts it anew. */
  restart(): void;
}

/** Two runs from the same seed, one setting apart: what is asked for. The two themselves are loaded when it is. */
export class Comparison {
  private readonly learner: Learner;
  private readonly page: Page;
  private readonly body = byId('compare-body', 'div');
  private readonly what = byId('compare-what', 'select');
  private readonly value = byId('compare-value', 'select');
  private pair: Pair | null = null;
  /** The visitor's file, which both runs learn from; null where the setup says what there is to learn from. */
  own: Answers['table']['ask'] | null = null;

  constructor(learner: Learner, page: Page) {
    this.learner = learner;
    this.page = page;
    this.what.append(...differences.map(({ name, label }) => make('option', { value: name, textContent: label })));
    this.what.addEventListener('change', () => this.offer());
    byId('compare-go', 'button').addEventListener('click', () => void this.go());
    this.offer();
  }

  /** The values that can be chosen, beside what the setup has. */
  offer(): void {
    const values = this.difference.values(this.page.setup());
    this.value.replaceChildren(...values.map(({ label, value }) => make('option', { value: String(value), textContent: label })));
  }

  private get difference(): Difference {
    return differences.find(({ name }) => name === this.what.value) ?? differences[0];
  }

  /** Who is to be told what the visitor asks of the run: both, where there are two. */
  get runs(): Pick<Learner, 'tell'> {
    return this.pair?.runs ?? this.learner;
  }

  /** What the page's own run shows of itself: at once, or when the second has come as far. */
  take(frame: Frame): void {
    if (this.pair) this.pair.runs.take(0, frame);
    else this.page.show(frame);
  }

  private async go(): Promise<void> {
    const parts = await later('The second run', () => Promise.all([import('./pair.js'), import('./plots.js')]));
    if (!parts) return;
    const [{ Pair }, { Plot }] = parts;
    this.end();
    this.body.hidden = false;
    const { name, label } = this.difference;
    const value = this.value.value;
    const other = (setup: Setup) => settle({ ...setup, strength: name === 'kind' ? undefined : setup.strength, [name]: value });
    const what = `${label}, ${this.value.selectedOptions[0]?.textContent}`;
    const ended = (why: string) => {
      this.end();
      say(why);
    };
    this.pair = new Pair(this.body, Plot, { first: this.learner, own: this.own, what, other, show: this.page.show, ended });
    this.page.restart();
  }

  /** The page's own run goes its own way. */
  end(): void {
    const { pair } = this;
    this.pair = null;
    pair?.end();
    this.body.hidden = true;
  }
}
