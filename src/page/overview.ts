import { decimals } from '../numbers/decimals.js';
import { explained, percent, short, tenths } from '../report/text.js';
import { Bars } from './bars.js';
import { rowBrush } from './brushes.js';
import { byId } from './dom.js';
import { later } from './later.js';
import type { Frame } from './messages.js';
import { Sheet } from './paint.js';
import type { Plot } from './plots.js';

/** What the lines of the loss are, here and where two runs are compared. */
export const lossLines = [
  { name: 'loss', colour: 'loss' },
  { name: 'error of the copies', colour: 'reconstruction', dash: [2, 4] },
  { name: 'penalty', colour: 'sparsity', dash: [9, 4] },
];

/** Figures, curves, activities and copies of the run. */
export class Overview {
  private loss: Plot | null = null;
  private loading = false;
  private readonly activity = new Bars(byId('activity-chart', 'div'), 'Mean activity of each unit', {
    bar: 'unit',
    value: 'mean activity',
  });
  private strip: Sheet | null = null;
  private made = '';

  draw(frame: Frame): void {
    const { probe, curve, playing } = frame;
    put('at', frame.step, frame.of === 'trained' ? 'trained' : frame.step.toLocaleString('en-US'));
    if (frame.loss !== null) put('loss', frame.loss, decimals(frame.loss, 4));
    else put('loss', '', '–');
    if (curve && this.loss) this.loss.draw([curve.step, curve.loss, curve.reconstruction, curve.penalty], !playing);
    if (!this.loading) void this.load();
    if (!probe) return;
    put('explained', probe.explained, explained(probe.explained));
    put('l0', probe.l0, `${tenths(probe.l0)} of ${frame.shape.hidden}`);
    put('dead', probe.dead, probe.dead.toLocaleString('en-US'));
    put('pace', frame.pace, frame.pace === 0 ? '–' : short(Math.round(frame.pace / 10) * 10));
    byId('target', 'li').hidden = probe.rho === null;
    byId('target-says', 'span').textContent = short(probe.rho ?? 0);
    this.activity.draw(
      probe.activity,
      probe.rho,
      !playing,
      (j) => `${j} (active on ${percent(probe.density[j])} of the first ${probe.samples.toLocaleString('en-US')} samples)`,
    );
    byId('copies', 'figure').hidden = probe.names !== null;
    if (!probe.names) this.drawCopies(frame);
  }

  /** Curves are drawn by a library that is not there for the first features: it comes behind them. */
  private async load(): Promise<void> {
    this.loading = true;
    const part = await later('The curve of the loss', () => import('./plots.js'));
    this.loss = part && new part.Plot(byId('loss-chart', 'div'), 'Loss by step', lossLines);
  }

  private drawCopies({ shape, probe }: Frame): void {
    if (!probe) return;
    const made = JSON.stringify([shape, probe.shown]);
    if (made !== this.made || !this.strip) {
      this.strip = new Sheet(rowBrush(shape), 2 * probe.shown, probe.shown, shape.image ? 0 : 1);
      const { canvas } = this.strip;
      canvas.id = 'strip';
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', `${probe.shown} samples above their copies`);
      if (!shape.image) canvas.style.aspectRatio = String((1.6 * probe.shown) / 2);
      document.getElementById('strip')?.replaceWith(canvas);
      this.made = made;
    }
    const both = new Uint8Array(probe.originals.length + probe.copies.length);
    both.set(probe.originals);
    both.set(probe.copies, probe.originals.length);
    this.strip.paint(both);
  }
}

/** A figure, to be read by people and, whole, by programs. */
function put(id: string, value: number | string, text: string): void {
  const element = byId(id, 'data');
  element.value = String(value);
  if (element.textContent !== text) element.textContent = text;
}
