import { test } from 'uvu';
import { normalAbove, upperTail } from '../../src/numbers/normal.js';
import { near } from '../helpers.js';

test("the normal's upper tail and its inverse, as SciPy has them, to 1e-13 of each", () => {
  for (const [x, tail] of [
    [0, 0.5],
    [0.5, 0.3085375387259869],
    [1, 0.15865525393145707],
    [2, 0.022750131948179195],
    [2.999, 0.0013543365337271057],
    [3, 0.0013498980316300933],
    [5, 2.866515718791933e-7],
    [8, 6.22096057427174e-16],
  ]) {
    near([upperTail(x) / tail], [1], 1e-12, String(x));
  }
  for (const [p, x] of [
    [0.5, 0],
    [0.25, 0.6744897501960817],
    [0.025, 1.9599639845400545],
    [1e-3, 3.090232306167813],
    [1e-6, 4.753424308822899],
    [1e-12, 7.034483825301131],
    [1e-14, 7.65062809293527],
    [1e-30, 11.464024688443615],
    [1e-100, 21.2734535609653],
    [1e-300, 37.0470962993612],
  ]) {
    near([normalAbove(p)], [x], 1e-12, String(p));
  }
});

test.run();
