/** Models as ONNX graphs, run by onnxruntime-web: what it gives against what the model gives. */

import { toOnnx } from '../../src/export.js';
import { exportCases } from '../export/cases.js';
import { flatten } from '../helpers.js';
import { installed } from './install.js';

/** As much of onnxruntime as is asked of it: nothing of it is part of the main install. */
interface Runtime {
  readonly env: { readonly versions: { readonly web?: string; readonly common: string }; logLevel?: string };
  readonly InferenceSession: { create(model: Uint8Array): Promise<Session> };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown;
}
interface Session {
  run(
    inputs: Record<string, unknown>,
  ): Promise<Record<'f' | 'x_hat', { readonly data: Float32Array; readonly dims: readonly number[] }>>;
  release(): Promise<void>;
}

/** The largest |got − expected|/max(1, |expected|). */
function distance(got: ArrayLike<number>, expected: readonly number[]): number {
  if (got.length !== expected.length) return Infinity;
  return expected.reduce((most, value, at) => Math.max(most, Math.abs(got[at] - value) / Math.max(1, Math.abs(value))), 0);
}

/** Every kind of code with every output, preparation and wiring: a line for each kind, exit code 1 if one is further off than 1e-6. */
export async function onnx(print: (text: string) => void): Promise<void> {
  const runtime: Runtime = await import(installed('onnxruntime-web/dist/ort.node.min.mjs'));
  print(`onnxruntime-web ${runtime.env.versions.web ?? runtime.env.versions.common}`);
  const kinds = new Map<string, { models: number; f: number; xHat: number; worst: string }>();
  for await (const { name, sae, X } of exportCases(true)) {
    const session = await runtime.InferenceSession.create(toOnnx(sae));
    const { f, x_hat } = await session.run({ x: new runtime.Tensor('float32', Float32Array.from(X.flat()), [X.length, 7]) });
    const kind = sae.options.hiddenActivation;
    const so = kinds.get(kind) ?? { models: 0, f: 0, xHat: 0, worst: '' };
    const [ofF, ofXHat] = [distance(f.data, flatten(sae.transform(X))), distance(x_hat.data, flatten(sae.reconstruct(X)))];
    const worst = Math.max(ofF, ofXHat) > Math.max(so.f, so.xHat) ? name : so.worst;
    kinds.set(kind, { models: so.models + 1, f: Math.max(so.f, ofF), xHat: Math.max(so.xHat, ofXHat), worst });
    await session.release();
  }
  for (const [kind, { models, f, xHat, worst }] of kinds) {
    const good = Math.max(f, xHat) <= 1e-6;
    if (!good) process.exitCode = 1;
    print(
      `${good ? '✓' : '✗'} ${kind.padEnd(12)} ${models} models, largest difference of f ${f.toExponential(1)}, of x_hat ${xHat.toExponential(1)}${good ? '' : `, ${worst}`}`,
    );
  }
}
