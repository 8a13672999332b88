/** Reads and computes ONNX graphs, from onnx.proto and the operators' specification alone: nothing here is of src/. */

/** A message's fields by number: varints as numbers, the rest as bytes. */
type Fields = Map<number, (number | Uint8Array)[]>;

function fieldsOf(bytes: Uint8Array): Fields {
  const fields: Fields = new Map();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('ends within a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const kind = key & 7;
    let value: number | Uint8Array;
    if (kind === 0) value = varint();
    else if (kind === 2 || kind === 5) {
      const size = kind === 2 ? varint() : 4;
      if (at + size > bytes.length) throw new Error(`field ${key >> 3} goes on beyond its message`);
      value = bytes.subarray(at, at + size);
      at += size;
    } else throw new Error(`field ${key >> 3} is of kind ${kind}`);
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  return fields;
}

const bytesIn = (fields: Fields, field: number) => (fields.get(field) ?? []) as Uint8Array[];
const textsIn = (fields: Fields, field: number) => bytesIn(fields, field).map((bytes) => new TextDecoder().decode(bytes));
const numberIn = (fields: Fields, field: number) => (fields.get(field)?.[0] ?? 0) as number;
const messagesIn = (fields: Fields, field: number) => bytesIn(fields, field).map(fieldsOf);

export interface Tensor {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

export interface Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, number>;
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly opset: number;
  readonly producer: string;
  readonly name: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Tensor>;
  /** Name, type of entries, dimensions. */
  readonly inputs: readonly [string, number, (number | string)[]][];
  readonly outputs: readonly [string, number, (number | string)[]][];
}

const ENTRIES: Readonly<Record<number, (buffer: ArrayBuffer) => ArrayLike<number | bigint>>> = {
  1: (buffer) => new Float32Array(buffer),
  7: (buffer) => new BigInt64Array(buffer),
  11: (buffer) => new Float64Array(buffer),
};

export function readOnnx(bytes: Uint8Array): OnnxModel {
  const model = fieldsOf(bytes);
  const [graph] = messagesIn(model, 7);
  const constants = messagesIn(graph, 5).map((tensor) => {
    const raw = bytesIn(tensor, 9)[0];
    const data = Array.from(ENTRIES[numberIn(tensor, 2)](raw.slice().buffer), Number);
    const dims = (tensor.get(1) ?? []) as number[];
    if (data.length !== dims.reduce((a, b) => a * b, 1)) throw new Error(`${dims} of ${data.length} entries`);
    return [textsIn(tensor, 8)[0], { dims, data }] as const;
  });
  const values = (field: number): [string, number, (number | string)[]][] =>
    messagesIn(graph, field).map((value) => {
      const [type] = messagesIn(messagesIn(value, 2)[0], 1);
      const dims = messagesIn(messagesIn(type, 2)[0], 1).map((dim) => textsIn(dim, 2)[0] ?? numberIn(dim, 1));
      return [textsIn(value, 1)[0], numberIn(type, 1), dims];
    });
  return {
    irVersion: numberIn(model, 1),
    opset: numberIn(messagesIn(model, 8)[0], 2),
    producer: textsIn(model, 2)[0],
    name: textsIn(graph, 2)[0],
    metadata: new Map(messagesIn(model, 14).map((entry) => [textsIn(entry, 1)[0], textsIn(entry, 2)[0]])),
    nodes: messagesIn(graph, 1).map((node) => ({
      operator: textsIn(node, 4)[0],
      inputs: textsIn(node, 1),
      outputs: textsIn(node, 2),
      attributes: new Map(messagesIn(node, 5).map((attribute) => [textsIn(attribute, 1)[0], numberIn(attribute, 3)])),
    })),
    constants: new Map(constants),
    inputs: values(11),
    outputs: values(12),
  };
}

/** Entry by entry, a row or a single number standing for all rows. */
function each(tensors: readonly Tensor[], of: (...values: number[]) => number): Tensor[] {
  const largest = tensors.reduce((a, b) => (b.data.length > a.data.length ? b : a));
  const cols = largest.dims.at(-1) as number;
  const pick = ({ dims, data }: Tensor, at: number) => {
    if (data.length === largest.data.length) return data[at];
    return dims.at(-1) === 1 ? data[data.length === 1 ? 0 : Math.floor(at / cols)] : data[at % cols];
  };
  return [{ dims: largest.dims, data: largest.data.map((_, at) => of(...tensors.map((tensor) => pick(tensor, at)))) }];
}

/** What operators of the specification come to, for tensors of two dimensions. */
const operators: Readonly<Record<string, (inputs: readonly Tensor[], attribute: (name: string) => number) => Tensor[]>> = {
  Add: (inputs) => each(inputs, (a, b) => a + b),
  Sub: (inputs) => each(inputs, (a, b) => a - b),
  Mul: (inputs) => each(inputs, (a, b) => a * b),
  Div: (inputs) => each(inputs, (a, b) => a / b),
  Greater: (inputs) => each(inputs, (a, b) => Number(a > b)),
  Equal: (inputs) => each(inputs, (a, b) => Number(a === b)),
  Where: (inputs) => each(inputs, (condition, a, b) => (condition ? a : b)),
  Relu: (inputs) => each(inputs, (a) => Math.max(0, a)),
  Sigmoid: (inputs) => each(inputs, (a) => 1 / (1 + Math.exp(-a))),
  Tanh: (inputs) => each(inputs, Math.tanh),
  Abs: (inputs) => each(inputs, Math.abs),
  Sqrt: (inputs) => each(inputs, Math.sqrt),
  Identity: (inputs) => [...inputs],
  Cast: (inputs, attribute) => each(inputs, attribute('to') === 1 ? Math.fround : (a) => a),
  Shape: ([{ dims }]) => [{ dims: [dims.length], data: dims }],
  ConstantOfShape: ([{ data }]) => [{ dims: data, data: Array(data[0] * data[1]).fill(0) }],
  MatMul([a, b]) {
    const [n, inner] = a.dims;
    const cols = b.dims[1];
    const entry = (i: number, j: number) =>
      Array.from({ length: inner }, (_, p) => a.data[i * inner + p] * b.data[p * cols + j]).reduce((x, y) => x + y);
    return [{ dims: [n, cols], data: Array.from({ length: n * cols }, (_, at) => entry(Math.floor(at / cols), at % cols)) }];
  },
  ReduceSum([{ dims, data }]) {
    const [n, cols] = dims;
    return [
      { dims: [n, 1], data: Array.from({ length: n }, (_, i) => data.slice(i * cols, (i + 1) * cols).reduce((a, b) => a + b)) },
    ];
  },
  TopK([{ dims, data }, k]) {
    const [n, cols] = dims;
    const kept = Array.from({ length: n }, (_, i) => {
      const row = data.slice(i * cols, (i + 1) * cols);
      return [...row.keys()].sort((a, b) => row[b] - row[a] || a - b).slice(0, k.data[0]);
    });
    const shape = [n, k.data[0]];
    return [
      { dims: shape, data: kept.flatMap((places, i) => places.map((j) => data[i * cols + j])) },
      { dims: shape, data: kept.flat() },
    ];
  },
  ScatterElements([into, places, values], attribute) {
    if (attribute('axis') !== 1) throw new Error('axis');
    const data = [...into.data];
    const k = places.dims[1];
    for (const [at, j] of places.data.entries()) data[Math.floor(at / k) * into.dims[1] + j] = values.data[at];
    return [{ dims: into.dims, data }];
  },
};

/** The graph's outputs, by name. */
export function compute({ nodes, constants, outputs }: OnnxModel, x: Tensor): Record<string, Tensor> {
  const known = new Map<string, Tensor>([...constants, ['x', x]]);
  for (const { operator, inputs, outputs: made, attributes } of nodes) {
    const given = inputs.map((name) => known.get(name) ?? missing(name));
    const results = operators[operator](given, (name) => attributes.get(name) as number);
    for (const [i, name] of made.entries()) known.set(name, results[i]);
  }
  return Object.fromEntries(outputs.map(([name]) => [name, known.get(name) ?? missing(name)]));
}

function missing(name: string): never {
  throw new Error(`${name} is used before it is made`);
}
