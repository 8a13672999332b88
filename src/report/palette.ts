/**
 * Petroff's ten-colour sequence (arXiv:2107.02270), optimised for the common kinds of colour
 * blindness, and the same hues lightened where they would sink into a dark page.
 */
export const classColours = {
  light: ['#3f90da', '#f29b00', '#bd1f01', '#8a9a98', '#832db6', '#a96b59', '#e76300', '#a89a57', '#5d616d', '#5fc0c4'],
  dark: ['#4f9fe8', '#ffb52e', '#e8432a', '#a9b8b6', '#b26be0', '#c08a79', '#ff7d24', '#c9bd85', '#8b90a0', '#9fe3e6'],
} as const;

export interface Marker {
  /** Chart.js point style. */
  readonly style: 'circle' | 'triangle' | 'rect' | 'rectRot';
  /** Degrees. */
  readonly rotation: number;
  /** The same shape as an SVG path in a 12 × 12 box. */
  readonly path: string;
}

const circle: Marker = { style: 'circle', rotation: 0, path: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z' };
const up: Marker = { style: 'triangle', rotation: 0, path: 'M6 1L11 10H1z' };
const square: Marker = { style: 'rect', rotation: 0, path: 'M2 2H10V10H2z' };
const diamond: Marker = { style: 'rectRot', rotation: 0, path: 'M6 .5L11.5 6L6 11.5L.5 6z' };
const down: Marker = { style: 'triangle', rotation: 180, path: 'M6 11L1 2H11z' };

/**
 * Shapes of the ten classes, a second cue beside colour: the pairs closest in colour (1 and 6,
 * 3 and 8) differ in shape. Eleven classes or more go round again.
 */
const markers = [circle, up, square, diamond, down, diamond, circle, down, up, square] as const;

export function classMarker(label: number): Marker {
  return markers[label % markers.length];
}
