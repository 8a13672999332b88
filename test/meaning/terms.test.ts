import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stopWords } from '../../src/meaning/stop-words.js';
import { classTerms, countTerms, termsOf, words } from '../../src/meaning/terms.js';
import { near } from '../helpers.js';

test('class-based TF-IDF by hand: two documents of four terms against the rest', () => {
  const documents = [['cat', 'fur'], ['cat', 'tail'], ['dog', 'fur'], ['dog', 'tail'], ['tail']];
  const found = classTerms(documents.slice(0, 2), countTerms(documents));
  // A = 9/2; of all terms cat is two, fur two, tail three.
  assert.equal(
    found.map(({ term, tf }) => [term, tf]),
    [
      ['cat', 2],
      ['fur', 1],
      ['tail', 1],
    ],
  );
  near(
    found.map(({ weight }) => weight),
    [2 * Math.log(1 + 4.5 / 2), Math.log(1 + 4.5 / 2), Math.log(1 + 4.5 / 3)],
    1e-15,
  );
});

test('no documents have no terms, and of equal terms the first comes first', () => {
  const all = countTerms([['b', 'a']]);
  assert.equal(classTerms([], all), []);
  assert.equal(
    classTerms([['b', 'a']], all).map(({ term }) => term),
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
