import type { Brush } from '../report/pictures.js';
import type { Numbers } from '../report/report-data.js';
import { make } from './dom.js';

/** A palette as pixels, the way a canvas holds them. */
function shadesOf({ palette }: Brush): Uint32Array {
  const bytes = new Uint8ClampedArray(palette.flatMap(([red, green, blue, alpha = 255]) => [red, green, blue, alpha]));
  return new Uint32Array(bytes.buffer);
}

/** Pictures side by side, `columns` a row, a clear pixel around each: where tiles lie, and the canvas behind them. */
export class Sheet {
  readonly canvas = make('canvas');
  readonly columns: number;
  private readonly shades: Uint32Array;
  private readonly image: ImageData;
  private readonly pixels: Uint32Array;
  private readonly width: number;
  private readonly height: number;
  private readonly frame: number;

  constructor(brush: Brush, count: number, columns: number, frame = 1) {
    this.columns = columns;
    this.frame = frame;
    this.width = brush.size.width;
    this.height = brush.size.height;
    this.shades = shadesOf(brush);
    this.canvas.width = columns * (this.width + 2 * frame);
    this.canvas.height = Math.ceil(count / columns) * (this.height + 2 * frame);
    this.image = new ImageData(this.canvas.width, this.canvas.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  /** Pictures in shades of the brush, end to end, from place `first` on. */
  paint(pictures: Uint8Array, first = 0): void {
    const { width, height, frame, pixels, shades, columns } = this;
    const across = this.canvas.width;
    const count = pictures.length / (width * height);
    for (let k = 0, from = 0; k < count; k++) {
      const left = ((first + k) % columns) * (width + 2 * frame) + frame;
      const top = Math.floor((first + k) / columns) * (height + 2 * frame) + frame;
      for (let y = 0; y < height; y++) {
        const at = (top + y) * across + left;
        for (let x = 0; x < width; x++) pixels[at + x] = shades[pictures[from++]];
      }
    }
    this.canvas.getContext('2d')?.putImageData(this.image, 0, 0);
  }
}

/** One picture on a canvas of its own, named for those who cannot see it. */
export function picture(brush: Brush, values: Numbers, name: string, scale?: number): HTMLCanvasElement {
  const canvas = make('canvas', { className: 'picture' });
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', name);
  repaint(canvas, brush, values, scale);
  return canvas;
}

/** A picture and the words below it. */
export const captioned = (canvas: HTMLCanvasElement, caption: string): HTMLElement =>
  make('figure', {}, canvas, make('figcaption', { textContent: caption }));

/** A canvas that fills its host, as sharp as the screen is: what to draw on it with, in the pixels of the style sheet. */
export function fitted(
  host: HTMLElement,
  canvas: HTMLCanvasElement,
): { c: CanvasRenderingContext2D | null; width: number; height: number } {
  const [width, height] = [host.clientWidth, host.clientHeight];
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const c = canvas.getContext('2d');
  c?.scale(devicePixelRatio, devicePixelRatio);
  return { c, width, height };
}

export function repaint(canvas: HTMLCanvasElement, brush: Brush, values: Numbers, scale?: number): void {
  const { width, height } = brush.size;
  canvas.width = width;
  canvas.height = height;
  canvas.style.aspectRatio = String(brush.aspect);
  const image = new ImageData(width, height);
  const shades = shadesOf(brush);
  new Uint32Array(image.data.buffer).set(Uint32Array.from(brush.draw(values, scale), (shade) => shades[shade]));
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}
