import { encode } from 'fast-png';
import type { Brush } from './pictures.js';

/** A picture alone, as the bytes of a PNG file. */
export function picturePng(pixels: Uint8Array, { size, palette }: Pick<Brush, 'size' | 'palette'>): Uint8Array {
  return encode({ ...size, data: pixels, channels: 1, palette: palette.map((colour) => [...colour]) }, { zlib: { level: 9 } });
}

/** Pictures in a row of a sheet. */
export const SHEET_COLUMNS = 16;

/** Pictures side by side, `columns` a row, each in a frame of one blank pixel so that scaling cannot bleed: one PNG file. */
export function sheetPng(pictures: readonly Uint8Array[], brush: Brush, columns = SHEET_COLUMNS): Uint8Array {
  const cell = { width: brush.size.width + 2, height: brush.size.height + 2 };
  const width = columns * cell.width;
  const height = Math.ceil(pictures.length / columns) * cell.height;
  const pixels = new Uint8Array(width * height).fill(brush.blank);
  pictures.forEach((picture, k) => {
    const left = (k % columns) * cell.width + 1;
    const top = Math.floor(k / columns) * cell.height + 1;
    for (let y = 0; y < brush.size.height; y++) {
      pixels.set(picture.subarray(y * brush.size.width, (y + 1) * brush.size.width), (top + y) * width + left);
    }
  });
  return picturePng(pixels, { size: { width, height }, palette: brush.palette });
}
