import { encode } from 'fast-png';
import { encodeBase64 } from './base64.js';
import type { ImageSize, Numbers } from './report-data.js';

/** Colours of the diverging map; style.ts draws the key from the same two. */
export const positiveColour = [224, 100, 27] as const;
export const negativeColour = [47, 127, 200] as const;

/** Palette index of zero: 127 steps lead from it to either end. */
const ZERO = 127;

/**
 * Diverging palette of 255 entries (RGBA): index 127 is fully transparent, so that zero takes the
 * page's own background in the light scheme and in the dark one, and the ends are solid colours.
 * Alpha stops at 254 because fast-png leaves alpha 255 out of the tRNS chunk, which would shift
 * every later entry.
 */
const divergingPalette: number[][] = Array.from({ length: 2 * ZERO + 1 }, (_, index) => {
  const [red, green, blue] = index < ZERO ? negativeColour : positiveColour;
  return [red, green, blue, 2 * Math.abs(index - ZERO)];
});

/** One large picture holding a tile for each hidden unit, row by row. */
export interface TileAtlas {
  readonly uri: string;
  /** Tiles per row, and rows of tiles. */
  readonly columns: number;
  readonly rows: number;
  /** Pixels of one cell: the tile and a clear border of one pixel, so that scaling cannot bleed. */
  readonly cell: ImageSize;
  /** Per unit, the greatest |weight|: the value of the palette's ends. */
  readonly scales: number[];
}

/** `image` if there is one, else the smallest near-square grid of at least d cells. */
export function pictureSize(image: ImageSize | null, d: number): ImageSize {
  if (image !== null) return image;
  const width = Math.ceil(Math.sqrt(d));
  return { width, height: Math.ceil(d / width) };
}

/** Greyscale PNG: `low` (and any cell beyond the last value) is black, `high` is white. */
export function greyscalePng(values: Numbers, size: ImageSize, low: number, high: number): string {
  const pixels = new Uint8Array(size.width * size.height);
  const gain = high > low ? 255 / (high - low) : 0;
  for (let i = 0; i < values.length; i++) {
    pixels[i] = Math.round(Math.min(255, Math.max(0, (values[i] - low) * gain)));
  }
  return pngDataUri(encode({ ...size, data: pixels, channels: 1 }));
}

/** Diverging PNG: −scale, 0 and +scale are the palette's first, middle and last entries. */
export function divergingPng(values: Numbers, size: ImageSize, scale: number): string {
  const pixels = new Uint8Array(size.width * size.height).fill(ZERO);
  for (let i = 0; i < values.length; i++) pixels[i] = divergingIndex(values[i], scale);
  return pngDataUri(encode({ ...size, data: pixels, channels: 1, palette: divergingPalette }));
}

/** Tiles of all h columns of `weight` (d × h, row-major), each on its own symmetric scale. */
export function tileAtlas(weight: Numbers, h: number, image: ImageSize | null): TileAtlas {
  const d = weight.length / h;
  const size = pictureSize(image, d);
  const cell = { width: size.width + 2, height: size.height + 2 };
  const columns = Math.ceil(Math.sqrt(h));
  const rows = Math.ceil(h / columns);
  const width = columns * cell.width;
  const height = rows * cell.height;
  const scales = columnScales(weight, h);
  const pixels = new Uint8Array(width * height).fill(ZERO);
  for (let j = 0; j < h; j++) {
    const left = (j % columns) * cell.width + 1;
    const top = Math.floor(j / columns) * cell.height + 1;
    for (let i = 0; i < d; i++) {
      const x = left + (i % size.width);
      const y = top + Math.floor(i / size.width);
      pixels[y * width + x] = divergingIndex(weight[i * h + j], scales[j]);
    }
  }
  const png = encode({ width, height, data: pixels, channels: 1, palette: divergingPalette }, { zlib: { level: 9 } });
  return { uri: pngDataUri(png), columns, rows, cell, scales };
}

/** Greatest |value|, passing over what is not finite; 0 when nothing is left. */
export function greatestMagnitude(values: Numbers): number {
  return columnScales(values, 1)[0];
}

function columnScales(matrix: Numbers, columns: number): number[] {
  const scales = new Array<number>(columns).fill(0);
  for (let i = 0; i < matrix.length; i++) {
    const magnitude = Math.abs(matrix[i]);
    if (magnitude > scales[i % columns] && magnitude < Infinity) scales[i % columns] = magnitude;
  }
  return scales;
}

/** Palette index of `value`; zero's where the scale is 0 or the value is NaN. */
function divergingIndex(value: number, scale: number): number {
  const t = scale > 0 && value === value ? Math.min(1, Math.max(-1, value / scale)) : 0;
  return ZERO + Math.round(t * ZERO);
}

function pngDataUri(png: Uint8Array): string {
  return `data:image/png;base64,${encodeBase64(png)}`;
}
