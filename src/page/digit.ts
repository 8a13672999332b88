import { elementwise } from '../kernels/elementwise.js';
import { greatestMagnitude } from '../report/pictures.js';
import { buildUp, type Step } from '../report/statistics.js';
import { short } from '../report/text.js';
import { rowBrush, weightBrush } from './brushes.js';
import { nounsOf } from './captions.js';
import { byId, make } from './dom.js';
import type { Learner } from './learner-client.js';
import type { CodeAnswer, Frame, Shape } from './messages.js';
import { Pad } from './pad.js';
import { captioned, picture, repaint } from './paint.js';

/** As many parts have a tile of their own; the rest are in the picture all the same. */
const MOST_PARTS = 24;

/** A digit that the visitor draws: its code, its copy, and what is missing, put together part by part. */
export class Digit {
  private readonly learner: Learner;
  private readonly open: (unit: number) => void;
  private readonly pad: Pad;
  private shape: Shape | null = null;
  private x: Float32Array | null = null;
  private answer: CodeAnswer | null = null;
  /** What the visitor has turned a unit to: a factor, 0 for off. */
  private readonly turned = new Map<number, number>();
  private shown = Infinity;
  private next = 0;
  /** Counts what has been drawn, taken and cleared: a sample that comes later than that is not wanted any more. */
  private drawings = 0;
  private readonly busy = { now: false, again: false };

  constructor(learner: Learner, open: (unit: number) => void) {
    this.learner = learner;
    this.open = open;
    this.pad = new Pad(byId('pad', 'canvas'), (x) => void this.take(x));
    byId('clear', 'button').addEventListener('click', () => {
      this.pad.clear();
      this.drawings++;
      this.x = null;
      this.answer = null;
      this.build();
    });
    byId('another', 'button').addEventListener('click', () => void this.takeSample());
    this.build();
  }

  /** One of the samples, as if it had been drawn. */
  async takeSample(): Promise<void> {
    const drawing = ++this.drawings;
    const { x } = await this.learner.ask('sample', { index: this.next++ });
    if (drawing !== this.drawings) return;
    if (x.length === this.pad.pixels) this.pad.show(x);
    await this.take(x);
  }

  /** The model has learned: what it makes of the same drawing. Of other samples, one is taken apart for whoever comes. */
  follow(frame: Frame): void {
    const { shape } = frame;
    const other = this.shape?.inputDim !== shape.inputDim;
    this.shape = shape;
    const { one } = nounsOf(frame);
    const drawn = shape.inputDim === this.pad.pixels;
    byId('draw-title', 'h2').textContent = drawn ? `Draw a ${one}` : `A ${one}, taken apart`;
    for (const id of ['pad', 'clear', 'draw-says']) (document.getElementById(id) as HTMLElement).hidden = !drawn;
    if (other) {
      this.drawings++;
      this.x = null;
      if (frame.source !== 'words') void this.takeSample();
    } else if (this.x) void this.ask();
  }

  private take(x: Float32Array): Promise<void> {
    this.drawings++;
    this.x = x;
    this.turned.clear();
    this.shown = Infinity;
    return this.ask();
  }

  /** One question at a time; the last drawing is always the last one asked about. */
  private async ask(): Promise<void> {
    if (this.busy.now) {
      this.busy.again = true;
      return;
    }
    this.busy.now = true;
    do {
      this.busy.again = false;
      if (!this.x || !this.shape) break;
      try {
        this.answer = await this.learner.ask('code', { x: this.x });
        this.build();
      } catch (error) {
        byId('digit', 'div').replaceChildren(make('p', { textContent: (error as Error).message }));
      }
    } while (this.busy.again);
    this.busy.now = false;
  }

  /** The parts with what has been turned, the largest first; those before `shown` of them make the picture. */
  private parts(): { bias: Float64Array; steps: Step[] } {
    const { code, model } = this.answer as CodeAnswer;
    const turnedCode = code.map((f, j) => f * (this.turned.get(j) ?? 1));
    const output = elementwise[model.outputActivation].value;
    return buildUp({ ...model, output }, turnedCode);
  }

  private build(): void {
    const host = byId('digit', 'div');
    const { shape, answer } = this;
    if (!shape || !answer || !this.x) {
      host.replaceChildren(
        make('p', { className: 'hint', textContent: 'Nothing drawn yet. The copy appears here as you draw.' }),
      );
      return;
    }
    const grey = rowBrush(shape);
    const signed = weightBrush(shape);
    const { x } = answer;
    const scale = shape.image ? 1 : greatestMagnitude(x);
    const original = picture(grey, x, 'what was drawn', scale);
    const copy = picture(grey, x, 'its copy');
    const missing = picture(signed, x, 'what is missing, and what is too much');
    const slider = make('input', { type: 'range', id: 'parts', min: '0', step: '1' });
    const says = make('output', { htmlFor: 'parts' } as never);
    const list = make('ul', { className: 'parts' });
    const active = Array.from(answer.code.keys()).filter((j) => answer.code[j] !== 0);
    slider.max = String(active.length);
    slider.value = String(Math.min(active.length, this.shown));

    const show = () => {
      const { bias, steps } = this.parts();
      const at = Math.min(steps.length, this.shown);
      const sum = at === 0 ? bias : steps[at - 1].soFar;
      repaint(copy, grey, sum, scale);
      repaint(
        missing,
        signed,
        x.map((value, p) => value - sum[p]),
        scale,
      );
      const off = active.length - steps.length;
      const text =
        at === 0
          ? 'the bias alone'
          : at < steps.length
            ? `the bias and ${at} of ${steps.length} units`
            : `all ${off ? `but ${off} of ` : ''}${active.length} units`;
      says.textContent = text;
      slider.setAttribute('aria-valuetext', text);
    };
    slider.addEventListener('input', () => {
      this.shown = Number(slider.value) >= active.length ? Infinity : Number(slider.value);
      show();
    });
    const { steps } = buildUp({ ...answer.model, output: (y) => y }, answer.code);
    list.append(...steps.slice(0, MOST_PARTS).map((step) => this.part(step, signed, show)));
    host.replaceChildren(
      make(
        'div',
        { className: 'big' },
        captioned(original, 'What it sees'),
        captioned(copy, 'Its copy'),
        captioned(missing, 'Orange is missing, blue too much'),
      ),
      make(
        'div',
        { className: 'pair' },
        make('label', {
          htmlFor: 'parts',
          textContent: 'Put together from the bias, which all copies share, and the strongest units',
        }),
      ),
      make('div', { className: 'pair wide' }, slider, says),
      make('p', {
        className: 'hint',
        textContent: `Its code: ${active.length} of ${shape.hidden} units are active, those that add most first; beside each, how active it is. Turn one off or up, and see what it was for.`,
      }),
      list,
    );
    show();
  }

  private part({ unit, activation }: Step, brush: ReturnType<typeof weightBrush>, show: () => void): HTMLLIElement {
    const { decoderWeight, outputDim: d } = (this.answer as CodeAnswer).model;
    const tile = picture(brush, decoderWeight.subarray(unit * d, (unit + 1) * d), `unit ${unit}`);
    const slider = make('input', {
      type: 'range',
      min: '0',
      max: '3',
      step: '0.1',
      ariaLabel: `unit ${unit}: how much of it`,
    });
    const off = make('button', { type: 'button', textContent: 'off', ariaLabel: `unit ${unit} off` });
    const item = make('li');
    const name = make('button', { type: 'button', textContent: `unit ${unit}`, ariaLabel: `open unit ${unit}` });
    const says = make('span', { className: 'hint' });
    const tell = (value: number) => {
      slider.value = String(value);
      off.setAttribute('aria-pressed', String(value === 0));
      item.classList.toggle('off', value === 0);
      says.textContent = value === 0 ? 'off' : short(activation * value) + (value === 1 ? '' : ` (×${short(value)})`);
      slider.setAttribute('aria-valuetext', `times ${short(value)}`);
    };
    const turn = (value: number) => {
      this.turned.set(unit, value);
      tell(value);
      show();
    };
    slider.addEventListener('input', () => turn(Number(slider.value)));
    off.addEventListener('click', () => turn(this.turned.get(unit) === 0 ? 1 : 0));
    name.addEventListener('click', () => this.open(unit));
    tell(this.turned.get(unit) ?? 1);
    item.append(tile, make('div', {}, name, make('div', {}, says)), slider, off);
    return item;
  }
}
