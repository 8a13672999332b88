import { short } from '../report/text.js';
import { rowBrush, weightBrush } from './brushes.js';
import { type Nouns, nounsOf } from './captions.js';
import { byId, make } from './dom.js';
import type { Learner } from './learner-client.js';
import type { Frame, Shape, SlowAnswer } from './messages.js';
import { captioned, picture } from './paint.js';
import { Slope } from './slope.js';

/** As many figures as tell two derivatives apart. */
const exact = (value: number) => value.toPrecision(7).replace('-', '−');

/** One step taken apart, line by line, for one weight; and that weight nudged. */
export class SlowMotion {
  private readonly learner: Learner;
  private readonly host = byId('slow-body', 'div');
  private frame: Frame | null = null;
  private unit: number | null = null;
  private entry: number | null = null;
  private line = 0;

  constructor(learner: Learner) {
    this.learner = learner;
  }

  /** From the first line, by the weight that matters most. */
  begin(frame: Frame): void {
    this.line = 0;
    this.unit = null;
    this.entry = null;
    this.follow(frame);
  }

  follow(frame: Frame): void {
    this.frame = frame;
    void this.ask();
  }

  private async ask(): Promise<void> {
    try {
      const answer = await this.learner.ask('slow', { unit: this.unit, entry: this.entry });
      this.unit = answer.unit;
      this.entry = answer.entry;
      if (this.frame) this.build(answer, this.frame.shape, nounsOf(this.frame));
    } catch (error) {
      this.host.replaceChildren(make('p', { textContent: (error as Error).message }));
    }
  }

  private lines(answer: SlowAnswer, { one, many, part }: Nouns) {
    const { f, z, y, out, target, dy, loss, reconstruction, sparsity, beta, active, rows, unit, lossAfter } = answer;
    const { step, rate, gradient, m, v, mHat, vHat, before, after } = answer.adam;
    const all: [string, string, string][] = [
      ['z = x·W_enc + b_enc', short(z), `How much the first ${one} looks like what unit ${unit} looks for.`],
      [
        `f = ${answer.hidden}(z)`,
        short(f),
        f === 0 ? 'The unit stays silent on it.' : `The unit is active; ${active} units are.`,
      ],
      ['y = f·W_dec + b_dec', short(y), `What all active units together add up to, at the chosen ${part}.`],
      [`x̂ = ${answer.output}(y)`, short(out), `The copy’s ${part}; it should be ${short(target)}.`],
      [
        'J = R + β·S',
        `${short(reconstruction)} + ${short(beta)}·${short(sparsity)} = ${short(loss)}`,
        `The objective on ${rows} ${many}: how wrong the copies are, and what the activity costs.`,
      ],
      ['∂J/∂y', short(dy), 'If y grew a little, J would grow by so much of it.'],
      ['∂J/∂w = Σ f·∂J/∂y', short(gradient), `The chosen weight’s part in that, summed over the ${rows} ${many}.`],
      ['m = β₁·m + (1−β₁)·g', short(m), 'Adam keeps a running mean of the gradient …'],
      ['v = β₂·v + (1−β₂)·g²', short(v), '… and of its square.'],
      [
        `m̂, v̂   (t = ${step.toLocaleString('en-US')})`,
        `${short(mHat)}, ${short(vHat)}`,
        'Both began at zero, and are made up for that.',
      ],
      ['w ← w − α·m̂/(√v̂ + ε)', `${exact(before)} → ${exact(after)}`, `The step, at the rate α = ${short(rate)}.`],
      ['J after the step', `${exact(loss)} → ${exact(lossAfter)}`, 'All weights have moved at once; the run itself has not.'],
    ];
    return all;
  }

  private build(answer: SlowAnswer, shape: Shape, nouns: Nouns): void {
    const { unit, entry } = answer;
    const signed = weightBrush(shape);
    const grey = rowBrush(shape);
    const list = make('dl');
    const lines = this.lines(answer, nouns).map(([formula, value, says]) => {
      const parts = [
        make('dt', { textContent: formula }),
        make('dd', { textContent: value }),
        make('dd', { className: 'says', textContent: says }),
      ];
      return make('div', { className: 'line' }, ...parts);
    });
    list.append(...lines);
    const next = make('button', { type: 'button', className: 'primary', textContent: 'Next line' });
    const all = make('button', { type: 'button', textContent: 'All of it' });
    const equation = make(
      'div',
      { className: 'equation', tabIndex: 0, role: 'region', ariaLabel: 'The step, line by line' },
      list,
    );
    const show = () => {
      lines.forEach((line, k) => {
        line.hidden = k > this.line;
        line.classList.toggle('now', k === this.line);
      });
      const done = this.line >= lines.length - 1;
      // What is disabled keeps no focus.
      if (done && [next, all].includes(document.activeElement as HTMLButtonElement)) equation.focus({ preventScroll: true });
      next.disabled = all.disabled = done;
    };
    next.addEventListener('click', () => {
      this.line++;
      show();
    });
    all.addEventListener('click', () => {
      this.line = lines.length - 1;
      show();
    });
    const choose = (label: string, value: number, most: number, set: (value: number) => void) => {
      const input = make('input', { type: 'number', min: '0', max: String(most), value: String(value), ariaLabel: label });
      input.addEventListener('change', () => {
        set(Math.min(most, Math.max(0, Math.round(Number(input.value)) || 0)));
        void this.ask();
      });
      return make('label', { textContent: `${label} ` }, input);
    };
    const gradient = picture(signed, answer.decoderGradient, `gradient of unit ${unit}'s weights`);
    gradient.addEventListener('click', ({ offsetX, offsetY }) => {
      if (!shape.image) return;
      const { width, height } = shape.image;
      const col = Math.min(width - 1, Math.floor((offsetX / gradient.clientWidth) * width));
      this.entry = Math.min(height - 1, Math.floor((offsetY / gradient.clientHeight) * height)) * width + col;
      void this.ask();
    });
    const { analytic, numeric, relativeError } = answer.check;
    const slice = make('div', { className: 'plot' });
    const reached = () => Array.from(this.host.querySelectorAll<HTMLElement>('input, button, [tabindex]'));
    const had = reached().indexOf(document.activeElement as HTMLElement);
    this.host.replaceChildren(
      make(
        'p',
        { className: 'row' },
        choose('Unit', unit, shape.hidden - 1, (value) => {
          this.unit = value;
        }),
        choose(nouns.part, entry, shape.inputDim - 1, (value) => {
          this.entry = value;
        }),
        next,
        all,
      ),
      make(
        'div',
        { className: 'slow' },
        equation,
        make(
          'div',
          { className: 'trio' },
          captioned(picture(grey, answer.x, `the first ${nouns.one}`), 'x'),
          captioned(picture(grey, answer.xHat, 'its copy'), 'x̂'),
          captioned(gradient, `∂J/∂W of the unit${shape.image ? ': press a pixel' : ''}`),
        ),
      ),
      make('h3', { textContent: 'Nudge that weight' }),
      make('p', {
        textContent:
          'Go along the curve with the pointer, or with the arrow keys: it is J as this one weight is moved. The line is what the gradient, derived by hand, says its slope is. Good: the line touches the curve.',
      }),
      slice,
      make(
        'p',
        { id: 'check' },
        'By hand ',
        make('code', { textContent: exact(analytic) }),
        ', by differences of J ',
        make('code', { textContent: exact(numeric) }),
        `: they differ by ${relativeError.toExponential(1)} of their size.`,
      ),
    );
    new Slope(slice, answer);
    // What had the keyboard is there no more: what has come in its place has it.
    reached()[had]?.focus({ preventScroll: true });
    show();
  }
}
