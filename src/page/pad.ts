const SIDE = 28;

/** A square of 28 × 28 pixels to draw a digit on, with pointer or keys. */
export class Pad {
  readonly pixels = SIDE * SIDE;
  private readonly canvas: HTMLCanvasElement;
  private readonly drawn: (x: Float32Array) => void;
  private readonly ink = new Float32Array(SIDE * SIDE);
  private last: { x: number; y: number } | null = null;
  /** Where the keys are. */
  private readonly pen = { x: 14, y: 8, shown: false };

  constructor(canvas: HTMLCanvasElement, drawn: (x: Float32Array) => void) {
    this.canvas = canvas;
    this.drawn = drawn;
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.last = this.place(event);
      this.line(this.last, this.last);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (!this.last) return;
      const to = this.place(event);
      this.line(this.last, to);
      this.last = to;
    });
    for (const end of ['pointerup', 'pointercancel'] as const) canvas.addEventListener(end, () => this.lift());
    canvas.addEventListener('keydown', (event) => this.key(event));
    canvas.addEventListener('focus', () => this.showPen(canvas.matches(':focus-visible')));
    canvas.addEventListener('blur', () => this.showPen(false));
    this.paint();
  }

  clear(): void {
    this.ink.fill(0);
    this.paint();
  }

  /** Shows a digit that was not drawn here. */
  show(x: Float32Array): void {
    this.ink.set(x);
    this.paint();
  }

  private place({ clientX, clientY }: PointerEvent): { x: number; y: number } {
    const box = this.canvas.getBoundingClientRect();
    return { x: (SIDE * (clientX - box.left)) / box.width, y: (SIDE * (clientY - box.top)) / box.height };
  }

  private lift(): void {
    this.last = null;
  }

  private showPen(shown: boolean): void {
    this.pen.shown = shown;
    this.paint();
  }

  private key(event: KeyboardEvent): void {
    const ways: Record<string, [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const way = ways[event.key];
    if (!way && event.key !== ' ') return;
    event.preventDefault();
    const { pen } = this;
    pen.shown = true;
    if (way) {
      pen.x = Math.min(SIDE - 2, Math.max(1, pen.x + way[0]));
      pen.y = Math.min(SIDE - 2, Math.max(1, pen.y + way[1]));
      this.paint();
    } else this.line({ x: pen.x + 0.5, y: pen.y + 0.5 }, { x: pen.x + 0.5, y: pen.y + 0.5 });
  }

  /** A stroke with soft edges, about as wide as MNIST's. */
  private line(from: { x: number; y: number }, to: { x: number; y: number }): void {
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(to.x - from.x, to.y - from.y)));
    for (let s = 0; s <= steps; s++) {
      const x = from.x + ((to.x - from.x) * s) / steps;
      const y = from.y + ((to.y - from.y) * s) / steps;
      for (let row = Math.max(0, Math.floor(y - 2)); row <= Math.min(SIDE - 1, y + 2); row++) {
        for (let col = Math.max(0, Math.floor(x - 2)); col <= Math.min(SIDE - 1, x + 2); col++) {
          const distance = Math.hypot(col + 0.5 - x, row + 0.5 - y);
          const shade = Math.min(1, Math.max(0, 1.9 - distance));
          if (shade > this.ink[row * SIDE + col]) this.ink[row * SIDE + col] = shade;
        }
      }
    }
    this.paint();
    this.drawn(centred(this.ink));
  }

  private paint(): void {
    const image = new ImageData(SIDE, SIDE);
    for (let p = 0; p < this.ink.length; p++) {
      const shade = 255 * this.ink[p];
      image.data.set([shade, shade, shade, 255], 4 * p);
    }
    if (this.pen.shown) image.data.set([224, 100, 27, 255], 4 * (this.pen.y * SIDE + this.pen.x));
    this.canvas.getContext('2d')?.putImageData(image, 0, 0);
  }
}

/** Moved so that its centre of mass is in the middle, as MNIST's digits are. */
export function centred(ink: Float32Array): Float32Array {
  let [mass, x, y] = [0, 0, 0];
  for (let p = 0; p < ink.length; p++) {
    mass += ink[p];
    x += ink[p] * (p % SIDE);
    y += ink[p] * Math.floor(p / SIDE);
  }
  const moved = new Float32Array(ink.length);
  if (mass === 0) return moved;
  const dx = Math.round((SIDE - 1) / 2 - x / mass);
  const dy = Math.round((SIDE - 1) / 2 - y / mass);
  for (let row = 0; row < SIDE; row++) {
    for (let col = 0; col < SIDE; col++) {
      const [toCol, toRow] = [col + dx, row + dy];
      if (toCol >= 0 && toCol < SIDE && toRow >= 0 && toRow < SIDE) moved[toRow * SIDE + toCol] = ink[row * SIDE + col];
    }
  }
  return moved;
}
