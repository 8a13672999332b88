import { tenths } from '../report/text.js';
import { weightBrush } from './brushes.js';
import { byId, make } from './dom.js';
import { kinds } from './kinds.js';
import { Learner } from './learner-client.js';
import type { Curve, Frame, ToWorker } from './messages.js';
import { Sheet } from './paint.js';
import type { Plot } from './plots.js';
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
  { name: 'batch', label: 'digits a step', values: ({ batch }) => times([0.25, 0.5, 2, 4], batch) },
  {
    name: 'hidden',
    label: 'the hidden units',
    values: ({ hidden }) => [16, 36, 64, 100, 144].filter((n) => n !== hidden).map((n) => ({ label: String(n), value: n })),
  },
];

/** One run as it is seen here: its tiles, and a line of figures. */
class Side {
  readonly root = make('figure');
  private readonly title = make('h3');
  private readonly says = make('figcaption');
  private sheet: Sheet | null = null;
  private made = '';
  curve: Curve | null = null;

  constructor(name: string) {
    this.title.textContent = name;
    this.root.append(this.title, this.says);
  }

  name(text: string): void {
    this.title.textContent = text;
  }

  draw({ shape, tiles, curve, probe, step, loss }: Frame): void {
    const made = JSON.stringify(shape);
    if (made !== this.made || !this.sheet) {
      this.sheet?.canvas.remove();
      this.sheet = new Sheet(weightBrush(shape), shape.hidden, Math.ceil(Math.sqrt(shape.hidden)));
      this.sheet.canvas.className = 'picture';
      this.sheet.canvas.setAttribute('role', 'img');
      this.sheet.canvas.setAttribute('aria-label', `${this.title.textContent}: what its ${shape.hidden} units have learned`);
      this.title.after(this.sheet.canvas);
      this.made = made;
    }
    this.sheet.paint(tiles);
    if (curve) this.curve = curve;
    if (!probe) return;
    this.says.textContent = `step ${step.toLocaleString('en-US')}, loss ${loss === null ? '–' : loss.toFixed(4)}, ${tenths(100 * Math.max(0, probe.explained))}% explained, ${tenths(probe.l0)} units active, ${probe.dead} dead`;
  }
}

/** Two runs from the same seed, one setting apart: the page's own, and a second one in a worker of its own. */
export class Comparison {
  private readonly setup: () => Setup;
  private readonly restart: () => void;
  private readonly body = byId('compare-body', 'div');
  private readonly what = byId('compare-what', 'select');
  private readonly value = byId('compare-value', 'select');
  private readonly first = new Side('This run');
  private readonly second = new Side('The second run');
  private plot: Plot | null = null;
  private learner: Learner | null = null;

  /** `restart` starts the page's own run anew. */
  constructor(setup: () => Setup, restart: () => void) {
    this.setup = setup;
    this.restart = restart;
    this.what.append(...differences.map(({ name, label }) => make('option', { value: name, textContent: label })));
    this.what.addEventListener('change', () => this.offer());
    byId('compare-go', 'button').addEventListener('click', () => void this.go());
    this.offer();
  }

  /** The values that can be chosen, beside what the setup has. */
  offer(): void {
    const values = this.difference.values(this.setup());
    this.value.replaceChildren(...values.map(({ label, value }) => make('option', { value: String(value), textContent: label })));
  }

  private get difference(): Difference {
    return differences.find(({ name }) => name === this.what.value) ?? differences[0];
  }

  /** What the page's own run is told, the second one is told too. */
  tell(message: ToWorker): void {
    this.learner?.tell(message);
  }

  drawFirst(frame: Frame): void {
    const digits = frame.source === 'digits';
    byId('compare', 'section').hidden = !digits;
    if (!digits) this.end();
    if (!this.learner) return;
    this.first.draw(frame);
    this.drawCurves(!frame.playing);
  }

  private async go(): Promise<void> {
    const { name, label } = this.difference;
    const setup = this.setup();
    const strength = name === 'kind' ? undefined : setup.strength;
    const second = settle({ ...setup, strength, [name]: this.value.value, step: 0 });
    if (!this.learner) {
      this.body.hidden = false;
      const chart = make('div', { className: 'plot' });
      const figure = make('figure', {}, make('h3', { textContent: 'Loss of both' }), chart);
      const end = make('button', { type: 'button', textContent: 'End the second run' });
      end.addEventListener('click', () => this.end());
      this.body.replaceChildren(
        make('div', { className: 'both' }, this.first.root, this.second.root),
        figure,
        make('p', { className: 'row' }, end),
      );
      const { Plot } = await import('./plots.js');
      this.plot = new Plot(chart, 'Loss of both runs by step', [
        { name: 'this run', colour: 'loss' },
        { name: 'the second run', colour: 'mark', dash: [9, 4] },
      ]);
      this.learner = new Learner(
        (frame) => {
          if (frame.of === 'run') this.second.draw(frame);
        },
        (message) => this.second.name(message),
      );
    }
    this.second.curve = this.first.curve = null;
    const chosen = this.value.selectedOptions[0]?.textContent ?? '';
    this.second.name(`The second run: ${label}, ${chosen}`);
    this.learner.tell({ type: 'start', setup: second, play: true });
    this.restart();
  }

  end(): void {
    this.learner?.end();
    this.learner = null;
    this.body.hidden = true;
  }

  private drawCurves(atRest: boolean): void {
    const [a, b] = [this.first.curve, this.second.curve];
    if (!a || !b) return;
    const steps = a.step.length >= b.step.length ? a.step : b.step;
    this.plot?.draw([steps, along(a, steps), along(b, steps)], atRest);
  }
}

/** The loss at these steps, between those that are known; NaN beyond them. */
function along({ step, loss }: Curve, steps: Float64Array): Float64Array {
  let k = 0;
  return steps.map((at) => {
    while (k < step.length - 1 && step[k + 1] <= at) k++;
    if (step.length === 0 || at > step[step.length - 1]) return Number.NaN;
    if (k === step.length - 1 || at <= step[k]) return loss[k];
    return loss[k] + ((loss[k + 1] - loss[k]) * (at - step[k])) / (step[k + 1] - step[k]);
  });
}
