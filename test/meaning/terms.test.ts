import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stopWords } from '../../src/meaning/stop-words.js';
import { classTerms, termsOf, words } from '../../src/meaning/terms.js';
import { near } from '../helpers.js';

test('class-based TF-IDF by hand: two classes of three and two terms', () => {
  const documents = [['cat', 'fur'], ['cat'], ['dog', 'fur']];
  const [cats, dogs] = classTerms([[0, 1], [2]], documents);
  // A = 5/2; cat is twice in all, fur twice, dog once.
  assert.equal(
    cats.map(({ term }) => term),
    ['cat', 'fur'],
  );
  assert.equal(
    dogs.map(({ term }) => term),
    ['dog', 'fur'],
  );
  const ln = Math.log(1 + 2.5 / 2);
  near(
    [...cats, ...dogs].map(({ weight }) => weight),
    [2 * ln, ln, Math.log(1 + 2.5), ln],
    1e-15,
  );
});

test('a class without documents has no terms, and of equal terms the first comes first', () => {
  const [none, one] = classTerms([[], [0]], [['b', 'a']]);
  assert.equal(none, []);
  assert.equal(
    one.map(({ term }) => term),
    ['b', 'a'],
  );
});

test('words are runs of letters, marks and digits of any script, in lower case', () => {
  assert.equal(words("Don't STOP: the 3-day état-major's naïve Привет, 2nd!"), [
    "don't",
    'stop',
    'the',
    '3-day',
    "état-major's",
    'naïve',
    'привет',
    '2nd',
  ]);
  assert.equal(words('— … !'), []);
  assert.equal(words('cafe\u0301'), ['cafe\u0301'], 'a mark belongs to its letter');
});

test('terms are words but for stop words and single letters, each once a text; both can be replaced', () => {
  assert.equal(termsOf(['The dog and a dog, b', ''], {}), [['dog'], []]);
  assert.equal(termsOf(['the dog'], { stopWords: ['dog'] }), [['the']]);
  assert.equal(termsOf(['a1|b2'], { tokenize: (text) => text.split('|') }), [['a1', 'b2']]);
});

test('the list of stop words has none twice, and all are words as they are found in texts', () => {
  assert.is(new Set(stopWords).size, stopWords.length);
  for (const word of stopWords) assert.equal(words(word), [word]);
});

test.run();
