import type { ImageSize, Numbers } from './report-data.js';

/** Colours of the signed map; style.ts draws its key from the same two. */
export const positiveColour = [224, 100, 27] as const;
export const negativeColour = [47, 127, 200] as const;

/** Steps of colour from zero to either end. Fewer make smaller files; of these the eye sees none. */
const STEPS = 31;

/**
 * 2·steps + 1 entries (RGBA): the middle one is clear, so that zero takes the page's own background in light and
 * in dark, and the ends are solid. Alpha stops below 255 because fast-png leaves alpha 255 out of the tRNS chunk,
 * which would shift every later entry.
 */
const signedPalette = (steps: number): readonly (readonly number[])[] =>
  Array.from({ length: 2 * steps + 1 }, (_, index) => {
    const [red, green, blue] = index < steps ? negativeColour : positiveColour;
    return [red, green, blue, Math.round((254 * Math.abs(index - steps)) / steps)];
  });

const GREYS = 64;
const greyPalette: readonly (readonly number[])[] = Array.from({ length: GREYS }, (_, k) => {
  const grey = Math.round((255 * k) / (GREYS - 1));
  return [grey, grey, grey];
});

/** How a row of numbers becomes a picture: palette indices, one a pixel. */
export interface Brush {
  readonly size: ImageSize;
  readonly palette: readonly (readonly number[])[];
  /** Width over height as shown, frame included. */
  readonly aspect: number;
  /** Index of the frame around a picture. */
  readonly blank: number;
  draw(values: Numbers, scale?: number): Uint8Array;
}

const framedAspect = ({ width, height }: ImageSize) => Number(((width + 2) / (height + 2)).toFixed(4));

/** Greyscale: `low` is black and `high` white. */
export function greyBrush(size: ImageSize, low: number, high: number): Brush {
  const gain = high > low ? (GREYS - 1) / (high - low) : 0;
  const index = (value: number) => Math.round(Math.min(GREYS - 1, Math.max(0, (value - low) * gain || 0)));
  return { size, aspect: framedAspect(size), palette: greyPalette, blank: 0, draw: (values) => Uint8Array.from(values, index) };
}

/** Signed colours, −scale … +scale, a pixel a number; the scale is the greatest magnitude where none is given. */
export function signedBrush(size: ImageSize, steps = STEPS): Brush {
  return {
    size,
    aspect: framedAspect(size),
    palette: signedPalette(steps),
    blank: steps,
    draw: (values, scale = greatestMagnitude(values)) => {
      const pixels = new Uint8Array(values.length);
      for (let k = 0; k < pixels.length; k++) pixels[k] = steps + Math.round(steps * within(values[k], scale));
      return pixels;
    },
  };
}

/** Pixels between the middle line and the end of the longest bar; the middle line is one more. */
const BAR = 24;
const MOST_BARS = 256;

/** Bars up and down from a middle line, one a number, or one for the greatest of a few where there are many. */
export function barBrush(numbers: number): Brush {
  const each = Math.ceil(numbers / MOST_BARS);
  const width = Math.ceil(numbers / each);
  const size = { width, height: 2 * BAR + 1 };
  const draw = (values: Numbers, scale = greatestMagnitude(values)) => {
    const pixels = new Uint8Array(size.width * size.height).fill(STEPS);
    for (let x = 0; x < width; x++) {
      let value = 0;
      for (let i = x * each; i < Math.min(numbers, (x + 1) * each); i++) {
        if (Math.abs(values[i]) > Math.abs(value)) value = values[i];
      }
      const reach = Math.round(BAR * within(value, scale));
      for (let step = 0; step <= Math.abs(reach); step++) {
        const y = BAR - Math.sign(reach) * step;
        pixels[y * width + x] = reach === 0 ? STEPS + 8 : reach > 0 ? 2 * STEPS : 0;
      }
    }
    return pixels;
  };
  return { size, aspect: 1.6, palette: signedPalette(STEPS), blank: STEPS, draw };
}

/** value / scale in [−1, 1]; 0 where that is no number. */
function within(value: number, scale: number): number {
  return Math.min(1, Math.max(-1, value / scale)) || 0;
}

/** Greatest |value|, passing over what is not finite; 0 when nothing is left. */
export function greatestMagnitude(values: Numbers): number {
  let greatest = 0;
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]);
    if (magnitude > greatest && magnitude < Infinity) greatest = magnitude;
  }
  return greatest;
}

/** The same on white, for a file that stands alone. */
export function onWhite(brush: Brush): Brush {
  const blend = ([red, green, blue, alpha = 255]: readonly number[]) =>
    [red, green, blue].map((value) => Math.round(255 + ((value - 255) * alpha) / 255));
  return { ...brush, palette: brush.palette.map(blend) };
}
