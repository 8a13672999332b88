import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SparseAutoencoder } from '../../src/core.js';
import { kindNamed, kinds } from '../../src/page/kinds.js';
import { defaults, formatHash, limits, optionsOf, parseHash, SAMPLES, settle } from '../../src/page/setup.js';
import '../helpers.js';

/** What the rest of the page may rely on, whatever the address said. */
function isSound(hash: string): void {
  const setup = parseHash(hash);
  for (const [name, { low, high, whole }] of Object.entries(limits)) {
    const value = setup[name as keyof typeof limits];
    assert.ok(value >= low && value <= high, `${name} is ${value}`);
    if (whole) assert.ok(Number.isInteger(value), `${name} is ${value}`);
  }
  assert.ok(SAMPLES.includes(setup.samples as 2000));
  const { strength, name } = kindNamed(setup.kind);
  assert.is(name, setup.kind);
  if (strength) assert.ok(setup.strength >= strength.low && setup.strength <= strength.high, `strength is ${setup.strength}`);
  if (strength?.whole) assert.ok(Number.isInteger(setup.strength) && setup.strength <= setup.hidden);
  assert.ok(Array.from(setup.seed).length <= 40);
  assert.equal(parseHash(formatHash(setup)), setup, 'what is written is read');
}

test('any text at all is a setup', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), isSound), { numRuns: 300 });
});

test('so are known names with any values', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.double().map(String),
    fc.integer().map(String),
    fc.constantFrom('', '-0', '1e999', 'NaN', '%', '%zz', '0x10', ...kinds.map(({ name }) => name)),
  );
  const part = fc.tuple(fc.constantFrom(...Object.keys(defaults), '__proto__', 'constructor'), value);
  const hash = fc.array(part).map((parts) => `#${parts.map(([name, text]) => `${name}=${text}`).join('&')}`);
  fc.assert(fc.property(hash, isSound), { numRuns: 1000 });
});

test('a setup is read as it was written, and the usual one needs no words', () => {
  assert.is(formatHash(defaults), '');
  const setup = settle({ kind: 'topk', strength: 7, hidden: 100, seed: 'a & b=ü#', step: 500, batch: 64, rate: 0.0012 });
  assert.equal(parseHash(formatHash(setup)), setup);
  assert.is(formatHash(settle({ kind: 'l1' })), '#kind=l1');
});

test('what is out of bounds is brought to the bound, what is no number to where it starts', () => {
  assert.is(parseHash('#rate=99').rate, limits.rate.high);
  assert.is(parseHash('#batch=-3').batch, 1);
  assert.is(parseHash('#batch=12.6').batch, 13);
  assert.is(parseHash('#hidden=a').hidden, defaults.hidden);
  assert.is(parseHash('#kind=topk&hidden=4&strength=60').strength, 4);
  assert.is(parseHash('#kind=nonsense').kind, defaults.kind);
});

test('every kind, at both ends of its strength, makes a model', () => {
  for (const { name, strength } of kinds) {
    for (const value of [strength?.low, strength?.high]) {
      for (const hidden of [limits.hidden.low, 16]) {
        const setup = settle({ kind: name, strength: value, hidden });
        assert.is(new SparseAutoencoder(optionsOf(setup, { inputDim: 9 })).hiddenDim, hidden);
      }
    }
  }
});

test.run();
