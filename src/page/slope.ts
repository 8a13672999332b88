import { short } from '../report/text.js';
import { colour, onScheme } from './dom.js';
import type { SlowAnswer } from './messages.js';
import { fitted } from './paint.js';
import { Reader } from './readable.js';

/** J along one weight, and the tangent that its gradient makes. */
export class Slope {
  constructor(host: HTMLElement, { slice, check, adam }: SlowAnswer) {
    const canvas = document.createElement('canvas');
    host.prepend(canvas);
    const { by, loss } = slice;
    const middle = (by.length - 1) / 2;
    let at = -1;
    const paint = () => {
      const { c, width, height } = fitted(host, canvas);
      if (!c) return;
      const [low, high] = [Math.min(...loss), Math.max(...loss)];
      const room = 0.15 * (high - low) || 1e-6;
      const x = (k: number) => 8 + (k / (by.length - 1)) * (width - 16);
      const y = (value: number) => (height - 20) * (1 - (value - low + room) / (high - low + 2 * room));
      const draw = (name: string, from: number, to: number, value: (k: number) => number, dash: number[] = []) => {
        c.strokeStyle = colour(name);
        c.lineWidth = 2;
        c.setLineDash(dash);
        c.beginPath();
        for (let k = from; k <= to; k++) c.lineTo(x(k), y(value(k)));
        c.stroke();
      };
      draw('mark', 0, by.length - 1, (k) => loss[middle] + check.analytic * by[k], [6, 4]);
      draw('loss', 0, by.length - 1, (k) => loss[k]);
      c.fillStyle = colour('mark');
      c.beginPath();
      c.arc(x(at < 0 ? middle : at), y(loss[at < 0 ? middle : at]), 5, 0, 7);
      c.fill();
      c.fillStyle = colour('muted');
      c.font = '12px system-ui, sans-serif';
      c.textAlign = 'left';
      c.fillText(`w = ${short(adam.before + by[0])}`, 8, height - 4);
      c.textAlign = 'right';
      c.fillText(short(adam.before + by[by.length - 1]), width - 8, height - 4);
      c.textAlign = 'center';
      c.fillText(short(adam.before), width / 2, height - 4);
    };
    const reader = new Reader(host, 'J along one weight', (k) => {
      at = k;
      paint();
    });
    const row = (k: number) => [
      short(adam.before + by[k]),
      String(Number(loss[k].toPrecision(6))),
      String(Number((loss[middle] + check.analytic * by[k]).toPrecision(6))),
    ];
    reader.update({ columns: ['w', 'J', 'on the tangent'], count: by.length, row }, true);
    reader.surface.addEventListener('pointermove', ({ clientX }) => {
      const { left, width } = host.getBoundingClientRect();
      reader.go(Math.min(by.length - 1, Math.max(0, Math.round(((clientX - left - 8) / (width - 16)) * (by.length - 1)))));
    });
    reader.surface.addEventListener('pointerleave', () => reader.go(-1));
    new ResizeObserver(paint).observe(host);
    onScheme(paint);
  }
}
