import type { Model } from '../core/model.js';
import { elementwise } from '../kernels/elementwise.js';
import { createPlainKernels } from '../kernels/plain/plain.js';
import { encoderShift } from '../layers/encoder.js';
import { withEncoderWeight } from '../layers/tied.js';
import { ROUNDING } from '../numbers/preparation.js';
import type { Drawing } from '../sparsity/kind.js';
import { codeKind } from '../sparsity/kinds.js';
import { type Message, message, toBytes } from './protobuf.js';

/** The operators' version, that of ONNX 1.8 (2020), and the file format's: whatever runs ONNX has had them for years. */
const OPSET = 13;
const IR_VERSION = 7;

/** Types of entries, by onnx.proto's numbers. */
const [FLOAT, INT64, DOUBLE] = [1, 7, 11];
/** Kinds of attributes, by onnx.proto's numbers. */
const [INT, INTS] = [2, 7];

/** As large as a protobuf message can be. */
const MOST_BYTES = 2 ** 31 - 1;

/** An ONNX graph as it is drawn: messages of onnx.proto, their fields by its numbers. */
class Graph implements Drawing {
  readonly nodes: Message[] = [];
  readonly initializers: Message[] = [];

  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, number | readonly number[]>> = {},
    outputs = 1,
  ) {
    const name = `${operator}_${this.nodes.length}`;
    const made = Array.from({ length: outputs }, (_, i) => (i ? `${name}.${i}` : name));
    this.add(operator, inputs, made, name, attributes);
    return made;
  }

  floats(values: ArrayLike<number>, shape: readonly number[] = [values.length]): string {
    return this.constant(FLOAT, Float32Array.from(values), shape);
  }

  integers(values: readonly number[]): string {
    return this.constant(INT64, BigInt64Array.from(values, BigInt), [values.length]);
  }

  doubles(values: ArrayLike<number>): string {
    return this.constant(DOUBLE, Float64Array.from(values), [values.length]);
  }

  /** Gives what is called `name` the name of an output of the graph. */
  output(name: string, as: string): void {
    this.add('Identity', [name], [as], `Identity_${this.nodes.length}`, {});
  }

  private add(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    name: string,
    attributes: Readonly<Record<string, number | readonly number[]>>,
  ): void {
    const written = Object.entries(attributes).map(([key, value]) =>
      typeof value === 'number' ? message([1, key], [3, value], [20, INT]) : message([1, key], [8, value], [20, INTS]),
    );
    this.nodes.push(message([1, inputs], [2, outputs], [3, name], [4, operator], [5, written]));
  }

  private constant(type: number, data: Float32Array | Float64Array | BigInt64Array, shape: readonly number[]): string {
    const name = `constant_${this.initializers.length}`;
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.initializers.push(message([1, shape], [2, type], [8, name], [9, raw]));
    return name;
  }
}

const tensor = (name: string, cols: number): Message => {
  const shape = message([1, [message([2, 'n']), message([1, cols])]]);
  return message([1, name], [2, message([1, message([1, FLOAT], [2, shape])])]);
};

/**
 * A model as an ONNX graph (opset 13, IR version 7): input `x`, float32, n × d, as rows are before they are prepared; outputs
 * `f`, n × h, and `x_hat`, n × d′, in the units of T. Preparation is computed in float64, all else in float32, a float64
 * model's too. Of equal pre-activations ONNX's TopK, like the code topk, takes the lower index first.
 * @throws RangeError for a model of more than 2 GiB, which no protobuf message can hold
 */
export function onnxOf(model: Model): Uint8Array<ArrayBuffer> {
  const { spec, memory } = model;
  const k = createPlainKernels(spec.dtype);
  const θ = withEncoderWeight(k, model.θ);
  const { inputDim: d, hiddenDim: h, outputDim, hiddenActivation } = spec;
  const g = new Graph();
  const { rows, undo } = preparation(g, model);

  // F = σ_h(X·W_enc + b_enc)
  const [product] = g.node('MatMul', [rows, g.floats(θ.encoderWeight.data, [d, h])]);
  const [z] = g.node('Add', [product, g.floats(encoderShift(k, spec, θ, k.floats(h)))]);
  const f = codeKind(spec).draw(g, z, spec, θ, memory);
  g.output(f, 'f');

  // X̂ = σ_o(F·W_dec + b_dec)
  const [decoded] = g.node('MatMul', ['f', g.floats(θ.decoderWeight.data, [h, outputDim])]);
  const [y] = g.node('Add', [decoded, g.floats(θ.decoderBias)]);
  const [xHat] = g.node(elementwise[spec.outputActivation].operator, [y]);
  g.output(model.isAutoencoder ? undo(xHat) : xHat, 'x_hat');

  const graph = message(
    [1, g.nodes],
    [2, `${hiddenActivation} sparse autoencoder, ${d}-${h}-${outputDim}`],
    [5, g.initializers],
    [11, tensor('x', d)],
    [12, [tensor('f', h), tensor('x_hat', outputDim)]],
  );
  if (graph.size > MOST_BYTES - 2 ** 20) {
    throw new RangeError(
      `toOnnx: the graph has ${graph.size.toLocaleString('en-US')} bytes, expected less than 2 GiB, as protobuf has it`,
    );
  }
  const options = message([1, 'options'], [2, JSON.stringify(spec)]);
  return toBytes(
    message([1, IR_VERSION], [2, 'sparse-autoencoder'], [7, graph], [8, message([1, ''], [2, OPSET])], [14, options]),
  );
}

/** What is done to x before the encoder sees it, and undone in x̂: see numbers/preparation.ts. */
function preparation(g: Graph, { spec, memory, preparation: any }: Model): { rows: string; undo: (xHat: string) => string } {
  if (!any) return { rows: 'x', undo: (xHat) => xHat };
  const { scale, unitRows } = spec.preparation;
  const learned = (name: string): string[] => {
    const values = memory.values[`preparation.${name}`];
    return values ? [g.doubles(values)] : [];
  };
  const [divisors, means, factors] = [learned('divisor'), learned('mean'), learned('factor')];
  const scales = scale === undefined ? [] : [g.doubles([scale])];
  const each = (operator: string, to: string, by: readonly string[]) =>
    by.reduce((value, b) => g.node(operator, [value, b])[0], to);
  const cast = (value: string, to: number) => g.node('Cast', [value], { to })[0];

  const centered = each('Sub', each('Div', cast('x', DOUBLE), scales), means);
  const scaled = each('Div', centered, divisors);
  const roundings = Array.from(memory.values['preparation.mean'] ?? [0], (mean) => ROUNDING[spec.dtype] * Math.abs(mean));
  const differ = () => g.node('Greater', [g.node('Abs', [centered])[0], g.doubles(roundings)])[0];
  const kept = unitRows ? unlessMean(g, scaled, cast(differ(), DOUBLE)) : scaled;
  const lengths = unitRows ? [lengthsOf(g, kept)] : [];
  const rows = cast(each('Mul', each('Div', kept, lengths), factors), FLOAT);
  return {
    rows,
    undo(xHat) {
      const prepared = each('Mul', each('Div', cast(xHat, DOUBLE), factors), lengths);
      return cast(each('Mul', each('Add', each('Mul', prepared, divisors), means), scales), FLOAT);
    },
  };
}

/** Σ_j x_ij     n×1 */
const sumOf = (g: Graph, rows: string): string => g.node('ReduceSum', [rows, g.integers([1])], { keepdims: 1 })[0];

/** x_i, 0 where no entry differs from the mean but by rounding.     n×d */
function unlessMean(g: Graph, rows: string, differ: string): string {
  const [none] = g.node('Equal', [sumOf(g, differ), g.doubles([0])]);
  return g.node('Where', [none, g.doubles([0]), rows])[0];
}

/** ‖x_i‖, 1 where that is 0.     n×1 */
function lengthsOf(g: Graph, rows: string): string {
  const [lengths] = g.node('Sqrt', [sumOf(g, g.node('Mul', [rows, rows])[0])]);
  const [none] = g.node('Equal', [lengths, g.doubles([0])]);
  return g.node('Where', [none, g.doubles([1]), lengths])[0];
}
