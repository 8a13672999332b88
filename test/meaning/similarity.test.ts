import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dot, sumOf } from '../../src/meaning/code.js';
import { contributions } from '../../src/meaning/explain.js';
import { similarityOf } from '../../src/meaning/similarity.js';
import { near, numbers } from '../helpers.js';
import { code, matrix } from './by-hand.js';

const W = matrix([
  [1, 0],
  [7, 7],
  [1, 1],
]);

test('similarity by hand: (1, 0) against (1, 1), which overlap, and the unit that both have', () => {
  const { cosine, shared, apart } = similarityOf(code([0, 2], [1, 1]), code([2], [2]), W);
  // r_a = (2, 1), r_b = (2, 2): 6/√40. Unit 2 has ½·(2 + 4) … ½·(1·(w·r_b) + 2·(w·r_a)) = ½·(4 + 6), unit 0 ½·2.
  near([cosine], [6 / Math.sqrt(40)], 1e-15);
  assert.equal(
    [shared, apart].map((parts) => parts.map(({ unit, a, b }) => [unit, a, b])),
    [[[2, 1, 2]], [[0, 1, 0]]],
  );
  near([shared[0].part, apart[0].part], [5 / Math.sqrt(40), 1 / Math.sqrt(40)], 1e-15);
});

test('all parts add up to the cosine, to 1e-12; of a row with itself they are its shares; of an empty code all is 0', () => {
  const decoder = matrix(Array.from({ length: 9 }, (_, j) => numbers(5, j + 1).map((x) => x - 0.4)));
  const a = code([0, 2, 3, 7], numbers(4, 3));
  const b = code([1, 2, 7, 8], numbers(4, 4));
  const { cosine, shared, apart } = similarityOf(a, b, decoder);
  const [ra, rb] = [sumOf(a, decoder), sumOf(b, decoder)];
  near([cosine], [dot(ra, rb) / Math.sqrt(dot(ra, ra) * dot(rb, rb))], 1e-15);
  near([[...shared, ...apart].reduce((sum, { part }) => sum + part, 0)], [cosine], 1e-12);
  assert.equal(shared.map(({ unit }) => unit).sort(), [2, 7]);
  assert.is(apart.length, 4);
  const own = similarityOf(a, a, decoder);
  near([own.cosine], [1], 1e-15);
  near(
    own.shared.map(({ part }) => part),
    contributions(a, decoder).map(({ share }) => share),
    1e-12,
  );
  assert.equal(similarityOf(a, code([], []), decoder).cosine, 0);
});

test.run();
