import { byId, make, say } from './dom.js';
import { kindNamed, kinds } from './kinds.js';
import { later } from './later.js';
import type { Learner } from './learner-client.js';
import type { Answers, Frame } from './messages.js';
import type { Pair } from './pair.js';
import { type Setup, settle } from './setup.js';

/** A setting that two runs may differ in, and what it may be in the second: as it is, or times as much. */
interface Difference {
  readonly name: 'kind' | 'strength' | 'rate' | 'batch' | 'hidden';
  readonly label: string;
  readonly values: readonly (string | number)[];
  readonly times?: true;
}

/** All that two runs may differ in. */
export const differences: readonly Difference[] = [
  { name: 'kind', label: 'the kind of sparsity', values: kinds.map(({ name }) => name) },
  { name: 'strength', label: 'its strength', values: [0.1, 0.3, 3, 10], times: true },
  { name: 'rate', label: 'the learning rate', values: [0.1, 0.3, 3, 10], times: true },
  { name: 'batch', label: 'the samples a step', values: [0.25, 0.5, 2, 4], times: true },
  { name: 'hidden', label: 'the hidden units', values: [16, 36, 64, 100, 144] },
];

/** The setups that differ from one in just that, such as a run can have, and what each is called. */
export function othersOf(setup: Setup, { name, values, times }: Difference): ReadonlyMap<string | number, string> {
  const others = new Map<string | number, string>();
  for (const value of values) {
    const wanted = times ? Number((Number(value) * Number(setup[name])).toPrecision(3)) : value;
    const other = withOther(setup, name, wanted)[name];
    if (other === setup[name] || others.has(other)) continue;
    const exact = times && other === wanted;
    others.set(
      other,
      exact ? `${value} × ${setup[name]} = ${other}` : name === 'kind' ? kindNamed(String(other)).label : String(other),
    );
  }
  return others;
}

/** Another kind has its own usual strength. */
const withOther = (setup: Setup, name: Difference['name'], value: string | number): Setup =>
  settle({ ...setup, ...(name === 'kind' && { strength: undefined }), [name]: value });

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
    const setup = this.page.setup();
    // Where there is no strength, nothing can be times as strong.
    const strength = this.what.options[1];
    strength.hidden = strength.disabled = !kindNamed(setup.kind).strength;
    if (strength.disabled && strength.selected) this.what.selectedIndex = 0;
    const others = [...othersOf(setup, this.difference)];
    this.value.replaceChildren(...others.map(([value, textContent]) => make('option', { value: String(value), textContent })));
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
    if (this.pair && frame.of !== 'trained') this.pair.runs.take(0, frame);
    else this.page.show(frame);
  }

  private async go(): Promise<void> {
    const parts = await later('The second run', () => Promise.all([import('./more.js'), import('./plots.js')]));
    if (!parts) return;
    const [{ Pair }, { Plot }] = parts;
    this.end();
    this.body.hidden = false;
    const { name, label } = this.difference;
    const value = this.value.value;
    const other = (setup: Setup) => withOther(setup, name, value);
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
    if (this.body.contains(document.activeElement)) byId('compare-go', 'button').focus();
    this.body.hidden = true;
  }
}
