// Writes an ONNX graph node by node. Values are names; weights point into a data file.

import {
  ATTRIBUTE_TYPE,
  ELEMENT_TYPE,
  encodeModel,
  type AttributeProto,
  type ElementType,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnxSchema';

/** Where a weight lies. */
export interface WeightLocation {
  /** path relative to the graph file */
  readonly file: string;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

/** Finds weights by tensor name. */
export type WeightMap = ReadonlyMap<string, WeightLocation>;

export interface OpOptions {
  readonly ints?: Readonly<Record<string, number | readonly number[]>>;
  readonly floats?: Readonly<Record<string, number>>;
  readonly strings?: Readonly<Record<string, string>>;
  /** ONNX Runtime's own operators */
  readonly contrib?: boolean;
}

/** A value inside the graph. */
export type Value = string;

/** A size, or the name of a size that differs from run to run. */
export type Size = number | string;

export class GraphBuilder {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers = new Map<string, TensorProto>();
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  #counter = 0;

  constructor(
    readonly name: string,
    readonly weights: WeightMap,
  ) {}

  input(name: string, type: ElementType, shape: readonly Size[]): Value {
    this.#inputs.push(toValueInfo(name, type, shape));
    return name;
  }

  /** Declares an output; `value` is renamed to `name`. */
  output(name: string, value: Value, type: ElementType, shape: readonly Size[]): void {
    this.#nodes.push(toNode('Identity', [value], [name], {}));
    this.#outputs.push(toValueInfo(name, type, shape));
  }

  /** Adds an operator with one output. An empty string stands for an input left out. */
  op(type: string, inputs: readonly Value[], options: OpOptions = {}): Value {
    const [value] = this.ops(type, inputs, 1, options);
    return value ?? '';
  }

  /** Adds an operator with several outputs. */
  ops(
    type: string,
    inputs: readonly Value[],
    outputs: number,
    options: OpOptions = {},
  ): readonly Value[] {
    const names = Array.from({ length: outputs }, (_, n) => `${type}_${this.#counter}_${n}`);
    this.#counter += 1;
    this.#nodes.push(toNode(type, inputs, names, options));
    return names;
  }

  /** A weight of the checkpoint, by tensor name. @throws RangeError when the map lacks it */
  weight(name: string): Value {
    const at = this.weights.get(name);
    if (at === undefined) {
      throw new RangeError(`no weight ${name}`);
    }
    this.#initializers.set(name, {
      name,
      dataType: ELEMENT_TYPE[at.type],
      dims: at.shape,
      dataLocation: 1,
      externalData: [
        { key: 'location', value: at.file },
        { key: 'offset', value: String(at.offset) },
        { key: 'length', value: String(at.sizeBytes) },
      ],
    });
    return name;
  }

  /** A small integer constant, such as a shape. */
  int64(values: readonly number[], dims: readonly number[] = [values.length]): Value {
    const name = `int64_${values.join('_')}__${dims.join('x')}`;
    const raw = new BigInt64Array(values.map(BigInt));
    this.#initializers.set(name, {
      name,
      dataType: ELEMENT_TYPE.int64,
      dims,
      rawData: new Uint8Array(raw.buffer),
    });
    return name;
  }

  reshape(value: Value, shape: readonly number[]): Value {
    return this.op('Reshape', [value, this.int64(shape)]);
  }

  /** The graph as the bytes of an ONNX file. */
  build(): Uint8Array {
    return encodeModel({
      name: this.name,
      node: this.#nodes,
      initializer: [...this.#initializers.values()],
      input: this.#inputs,
      output: this.#outputs,
    });
  }
}

function toNode(
  opType: string,
  input: readonly Value[],
  output: readonly Value[],
  options: OpOptions,
): NodeProto {
  const attribute: AttributeProto[] = [
    ...Object.entries(options.ints ?? {}).map(([name, value]) =>
      typeof value === 'number'
        ? { name, type: ATTRIBUTE_TYPE.int, i: value }
        : { name, type: ATTRIBUTE_TYPE.ints, ints: value },
    ),
    ...Object.entries(options.floats ?? {}).map(([name, f]) => ({
      name,
      type: ATTRIBUTE_TYPE.float,
      f,
    })),
    ...Object.entries(options.strings ?? {}).map(([name, value]) => ({
      name,
      type: ATTRIBUTE_TYPE.string,
      s: new TextEncoder().encode(value),
    })),
  ];
  return {
    name: output[0] ?? opType,
    opType,
    domain: options.contrib === true ? 'com.microsoft' : '',
    input,
    output,
    attribute,
  };
}

function toValueInfo(name: string, type: ElementType, shape: readonly Size[]): ValueInfoProto {
  return {
    name,
    type: {
      tensorType: {
        elemType: ELEMENT_TYPE[type],
        shape: {
          dim: shape.map((size) =>
            typeof size === 'number' ? { dimValue: size } : { dimParam: size },
          ),
        },
      },
    },
  };
}
