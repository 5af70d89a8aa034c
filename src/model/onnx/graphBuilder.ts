// Writes an ONNX graph node by node. Values are names; weights point into a data file.

import {
  ATTRIBUTE_TYPE,
  ELEMENT_TYPE,
  encodeModel,
  type AttributeProto,
  type ElementType,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnxSchema';
import type { BlockWeight, DataLocation, FloatWeight, WeightMap } from './weightLocation';

export interface OpOptions {
  readonly ints?: Readonly<Record<string, number | readonly number[]>>;
  readonly floats?: Readonly<Record<string, number>>;
  readonly strings?: Readonly<Record<string, string>>;
  /** bodies of control flow; they see the values of the graph around them */
  readonly graphs?: Readonly<Record<string, GraphProto>>;
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
  readonly #widened = new Map<string, Value>();
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  #counter = 0;

  constructor(
    readonly name: string,
    readonly weights: WeightMap,
    /** keeps the names of new values apart from those of a graph that is being rewritten */
    readonly namePrefix = '',
  ) {}

  /** Takes a node over from another graph. */
  append(node: NodeProto): void {
    this.#nodes.push(node);
  }

  /** Adds an operator as another graph has it, on other inputs. @returns its outputs */
  again(node: NodeProto, inputs: readonly Value[]): readonly Value[] {
    const output = node.output.map(
      (_, n) => `${this.namePrefix}${node.opType}_${this.#counter}_${n}`,
    );
    this.#counter += 1;
    this.#nodes.push({ ...node, name: output[0] ?? node.opType, input: inputs, output });
    return output;
  }

  /** Gives a value a name that other nodes know already. */
  assign(name: string, value: Value): void {
    this.#nodes.push(toNode('Identity', [value], [name], {}));
  }

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
    const names = Array.from(
      { length: outputs },
      (_, n) => `${this.namePrefix}${type}_${this.#counter}_${n}`,
    );
    this.#counter += 1;
    this.#nodes.push(toNode(type, inputs, names, options));
    return names;
  }

  /**
   * A weight of the checkpoint as float32, by tensor name. Stored half as wide it is widened, which
   * is exact and done once, when the graph is loaded.
   * @throws RangeError when the map lacks it, or holds it quantised
   */
  weight(name: string): Value {
    const at = this.#find(name);
    if (at.kind !== 'float') {
      throw new RangeError(`${name} is quantised`);
    }
    return this.#floatWeight(name, at);
  }

  /**
   * x · Wᵀ + bias for a weight [out, in], quantised or not.
   * @param x [rows, in] float32
   * @returns [rows, out] float32
   */
  linear(x: Value, weight: string, bias?: string): Value {
    const at = this.#find(weight);
    if (at.kind === 'float') {
      const inputs = [x, this.#floatWeight(weight, at)];
      return this.op('Gemm', bias === undefined ? inputs : [...inputs, this.weight(bias)], {
        ints: { transB: 1 },
      });
    }
    const product = this.#blockProduct(x, weight, at);
    return bias === undefined ? product : this.op('Add', [product, this.weight(bias)]);
  }

  #find(name: string): FloatWeight | BlockWeight {
    const at = this.weights.get(name);
    if (at === undefined) {
      throw new RangeError(`no weight ${name}`);
    }
    return at;
  }

  #floatWeight(name: string, { type, shape, data }: FloatWeight): Value {
    this.#external(name, type, shape, data);
    if (type === 'float') {
      return name;
    }
    const known = this.#widened.get(name);
    const value = known ?? this.op('Cast', [name], { ints: { to: ELEMENT_TYPE.float } });
    this.#widened.set(name, value);
    return value;
  }

  /** ONNX Runtime ContribOperators.md, com.microsoft.MatMulNBits */
  #blockProduct(x: Value, name: string, at: BlockWeight): Value {
    const [out, input] = at.shape;
    const blocks = Math.ceil(input / at.blockSize);
    const codes = `${name}.codes`;
    const scales = `${name}.scales`;
    this.#external(codes, 'uint8', [out, blocks, (at.blockSize * at.bits) / 8], at.codes);
    this.#external(scales, 'float', [out * blocks], at.scales);
    return this.op('MatMulNBits', [x, codes, scales], {
      ints: {
        K: input,
        N: out,
        bits: at.bits,
        block_size: at.blockSize,
        accuracy_level: at.accuracyLevel,
      },
      contrib: true,
    });
  }

  #external(name: string, type: ElementType, dims: readonly number[], at: DataLocation): void {
    this.#initializers.set(name, {
      name,
      dataType: ELEMENT_TYPE[type],
      dims,
      dataLocation: 1,
      externalData: [
        { key: 'location', value: at.file },
        { key: 'offset', value: String(at.offset) },
        { key: 'length', value: String(at.sizeBytes) },
      ],
    });
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

  /** A constant number. */
  float(value: number): Value {
    const name = `float_${value}`;
    this.#initializers.set(name, {
      name,
      dataType: ELEMENT_TYPE.float,
      dims: [],
      rawData: new Uint8Array(Float32Array.of(value).buffer),
    });
    return name;
  }

  reshape(value: Value, shape: readonly number[]): Value {
    return this.op('Reshape', [value, this.int64(shape)]);
  }

  graph(): GraphProto {
    return {
      name: this.name,
      node: this.#nodes,
      initializer: [...this.#initializers.values()],
      input: this.#inputs,
      output: this.#outputs,
    };
  }

  /** The graph as the bytes of an ONNX file. */
  build(): Uint8Array {
    return encodeModel(this.graph());
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
    ...Object.entries(options.graphs ?? {}).map(([name, g]) => ({
      name,
      type: ATTRIBUTE_TYPE.graph,
      g,
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
