// The part of the ONNX file format that is written here; field numbers from onnx/onnx: onnx/onnx.proto.

import protobuf from 'protobufjs';

const MODEL = protobuf
  .parse(
    `syntax = "proto3";
   message Attribute {
     string name = 1; float f = 2; int64 i = 3; bytes s = 4; Graph g = 6; repeated float floats = 7;
     repeated int64 ints = 8; int32 type = 20;
   }
   message Entry { string key = 1; string value = 2; }
   message Tensor {
     repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9;
     repeated Entry external_data = 13; int32 data_location = 14;
   }
   message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
   message Shape { repeated Dimension dim = 1; }
   message TensorType { int32 elem_type = 1; Shape shape = 2; }
   message Type { TensorType tensor_type = 1; }
   message ValueInfo { string name = 1; Type type = 2; }
   message Node {
     repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
     repeated Attribute attribute = 5; string domain = 7;
   }
   message Graph {
     repeated Node node = 1; string name = 2; repeated Tensor initializer = 5;
     repeated ValueInfo input = 11; repeated ValueInfo output = 12;
   }
   message OperatorSet { string domain = 1; int64 version = 2; }
   message Model {
     int64 ir_version = 1; string producer_name = 2; string producer_version = 3; Graph graph = 7;
     repeated OperatorSet opset_import = 8;
   }`,
  )
  .root.lookupType('Model');

/** ONNX element types. */
export const ELEMENT_TYPE = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  bfloat16: 16,
} as const;
export type ElementType = keyof typeof ELEMENT_TYPE;

/** Values of AttributeProto.type. */
export const ATTRIBUTE_TYPE = {
  float: 1,
  int: 2,
  string: 3,
  graph: 5,
  floats: 6,
  ints: 7,
} as const;

export interface AttributeProto {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly ints?: readonly number[];
  readonly s?: Uint8Array;
  readonly g?: GraphProto;
}

export interface NodeProto {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly AttributeProto[];
}

export interface TensorProto {
  readonly name: string;
  readonly dataType: number;
  readonly dims: readonly number[];
  readonly rawData?: Uint8Array;
  readonly dataLocation?: number;
  readonly externalData?: readonly { readonly key: string; readonly value: string }[];
}

export interface ValueInfoProto {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: {
        readonly dim: readonly ({ readonly dimValue: number } | { readonly dimParam: string })[];
      };
    };
  };
}

export interface GraphProto {
  readonly name: string;
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
}

// IR 10 and opset 21 are what ONNX Runtime 1.30 accepts without warnings and what the graphs need.
const IR_VERSION = 10;
const OPSET = 21;

/** Serialises a graph as a model file. */
export function encodeModel(graph: GraphProto): Uint8Array {
  return MODEL.encode(
    MODEL.fromObject({
      irVersion: IR_VERSION,
      producerName: 'rewardlens',
      graph,
      opsetImport: [
        { domain: '', version: OPSET },
        { domain: 'com.microsoft', version: 1 },
      ],
    }),
  ).finish();
}

/** Reads back a graph that {@link encodeModel} wrote. @throws RangeError when it is none */
export function decodeModel(bytes: Uint8Array): GraphProto {
  const model = MODEL.toObject(MODEL.decode(bytes), { longs: Number, arrays: true }) as {
    readonly graph?: GraphProto;
  };
  if (model.graph === undefined) {
    throw new RangeError('the file holds no graph');
  }
  return model.graph;
}
