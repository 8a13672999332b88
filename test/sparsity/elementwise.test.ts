import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { completeModelOptions } from '../../src/core/options.js';
import { isSparse } from '../../src/kernels/kernels.js';
import { createPlainKernels } from '../../src/kernels/plain/plain.js';
import { EncoderLayer } from '../../src/layers/encoder.js';
import { viewParameters } from '../../src/layers/parameters.js';
import { layoutOf, newMemory } from '../../src/model/layout.js';
import { formulaCode } from '../../src/sparsity/codes/elementwise.js';
import type { AnyCodeKind } from '../../src/sparsity/kind.js';
import { codeKind } from '../../src/sparsity/kinds.js';
import { near } from '../helpers.js';

/** W_enc = 1, b_enc = 0, so that Z = X. */
const spec = completeModelOptions({ inputDim: 2, hiddenDim: 2, penalty: 'none' });
const layout = layoutOf(spec);
const theta = new Float64Array(12);
theta.set([1, 0, 0, 1]);
const θ = viewParameters(theta, layout);
const k = createPlainKernels('float64');
const matrix = (...data: number[]) => ({ data: Float64Array.from(data), rows: data.length / 2, cols: 2 });

const layerOf = (kind: AnyCodeKind) =>
  kind.layer({ k, spec, capacity: 3, encoder: new EncoderLayer(k, spec, 3, false), memory: newMemory(spec, 0) });

/** F of Z = X, and dZ from dF = 1 with pull = [0.1, 0.2] and 0.5·sign(f). */
function through(kind: AnyCodeKind, x: ReturnType<typeof matrix>) {
  const layer = layerOf(kind);
  const code = layer.forward(θ, x, 'training');
  const df = matrix(...Array.from(x.data, () => 1));
  const dθ = viewParameters(new Float64Array(theta.length), layout);
  layer.backward(θ, dθ, x, df, { pull: Float64Array.of(0.1, 0.2), l1: 0.5 });
  return { code, dz: df.data, bias: dθ.encoderBias };
}

const ln3 = Math.log(3);
const ln2 = Math.log(2);
const byHand: [string, number[], number[], number[]][] = [
  ['relu', [2, -1, 0, 3], [2, 0, 0, 3], [1.6, 0, 0, 1.7]],
  ['sigmoid', [0, ln3, -ln3, 0], [0.5, 0.75, 0.25, 0.5], [1.6 / 4, (1.7 * 3) / 16, (1.6 * 3) / 16, 1.7 / 4]],
  ['tanh', [0, ln2, -ln2, 0], [0, 0.6, -0.6, 0], [1.1, 1.7 * 0.64, 0.6 * 0.64, 1.2]],
  ['identity', [2, -1, 0, 3], [2, -1, 0, 3], [1.6, 0.7, 1.1, 1.7]],
];

for (const [name, z, f, dz] of byHand) {
  test(`${name}: F = σ(Z), dZ = (dF + pull + l1·sign f) ⊙ σ′, and db_enc = Σ dz, by hand`, () => {
    const { code, dz: got, bias } = through(codeKind({ hiddenActivation: name }), matrix(...z));
    near(code.f?.data ?? [], f, 1e-15);
    assert.is(code.active, f.filter((v) => v !== 0).length);
    near(got, dz, 1e-15);
    near(bias, [dz[0] + dz[2], dz[1] + dz[3]], 1e-15);
  });
}

test('relu hands its code on by its non-zeros where they are few, and written out where not', () => {
  const relu = codeKind({ hiddenActivation: 'relu' });
  assert.ok(isSparse(through(relu, matrix(2, -1, -3, -1)).code.rows));
  assert.not(isSparse(through(relu, matrix(2, 1, 3, 1)).code.rows));
});

test('a formula that the kernels do not have: hard shrinking, by hand', () => {
  const shrink = formulaCode(
    'shrink',
    { help: 'z where |z| > 1', nonNegative: false, zeros: true },
    {
      value: (z) => (Math.abs(z) > 1 ? z : 0),
      slope: (f) => (f === 0 ? 0 : 1),
      script: 'Math.abs(z) > 1 ? z : 0',
      operator: 'Shrink',
    },
  );
  const { code, dz } = through(shrink, matrix(2, -0.5, -3, 1));
  near(code.f?.data ?? [], [2, 0, -3, 0], 0);
  assert.is(code.active, 2);
  near(dz, [1.6, 0, 0.6, 0], 1e-15);
});

test.run();
