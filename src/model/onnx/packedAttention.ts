// Rewrites the decoder so that one run carries a prefix and its tails, and no keys and values leave it.

import {
  inputOf,
  intAttribute,
  outputOf,
  range,
  replaceNodes,
  rotate,
  shapeOf,
  sizeOf,
  splitHeads,
  type RotaryRows,
} from './attentionParts';
import type { GraphBuilder, Value } from './graphBuilder';
import { ELEMENT_TYPE, type GraphProto, type NodeProto } from './onnxSchema';
import { tailAttention, type HeadCounts, type TailShapes } from './packedTails';

/**
 * Inputs that the packed form has in place of `last_position`, `total_length` and the keys and
 * values. The rows of `embeds` are those of the prefix (P), then those of N tails of T rows each.
 * `cos` and `sin` are [P + T, head width / 2]: every tail is at the positions after the prefix.
 */
export const PACKED_IO = {
  /** [1] int64: P, at least 1 */
  prefixLength: 'prefix_length',
  /** [1] int64: T, at least 1; shorter tails have padding at their end */
  tailLength: 'tail_length',
} as const;

/**
 * The operator for the prefix, which has to be fused: its scores would be heads · P · P · 4 bytes.
 * CUDA's `GroupQueryAttention` lacks float32, DirectML's `MultiHeadAttention` looks ahead whatever
 * `unidirectional` says (onnxruntime: contrib_ops/cuda/bert/group_query_attention.cc,
 * DmlOperatorMultiHeadAttention.cpp).
 */
export type PrefixOperator = 'MultiHeadAttention' | 'GroupQueryAttention';

/**
 * The same graph with every `GroupQueryAttention` in two streams: the prefix by itself, causal, and
 * the tails as a batch in matrix products over the prefix (which is not copied) and themselves.
 * All else works on rows and stays as it is, weights included. Padding is behind what it pads, so
 * the causal mask hides it.
 */
export function withPackedAttention(graph: GraphProto, operator: PrefixOperator): GraphProto {
  const gone = new Set<string>();
  let packed: PackedShapes | undefined;
  const rewritten = replaceNodes(graph, 'packed_', (g, node) => {
    if (node.opType === 'GroupQueryAttention') {
      packed ??= packedShapes(g, node);
      packedAttention(g, node, packed, operator);
      [...node.input.slice(3, 7), ...node.output.slice(1)].forEach((name) => gone.add(name));
      return true;
    }
    // what reads keys and values makes an output of them
    const unused = node.input.some((name) => gone.has(name));
    node.output.filter(() => unused).forEach((name) => gone.add(name));
    return unused;
  });
  return {
    ...rewritten,
    input: rewritten.input.filter(({ name }) => !gone.has(name)),
    output: rewritten.output.filter(({ name }) => !gone.has(name)),
  };
}

/** What all layers share. Rows of a run: R = P + N·T. */
interface PackedShapes extends RotaryRows, TailShapes {
  readonly prefix: Value;
  /** [2]: P, N·T */
  readonly streams: Value;
}

function packedShapes(g: GraphBuilder, node: NodeProto): PackedShapes {
  const prefix = g.input(PACKED_IO.prefixLength, 'int64', [1]);
  const tail = g.input(PACKED_IO.tailLength, 'int64', [1]);
  const tailRows = g.op('Sub', [sizeOf(g, inputOf(node, 0), 1), prefix]);
  const tails = g.op('Div', [tailRows, tail]);
  const positions = g.op('Add', [prefix, tail]);
  const zero = g.int64([0]);
  const packedRows = (table: Value): Value => {
    const before = g.op('Slice', [table, zero, prefix, zero]);
    const after = g.op('Slice', [table, prefix, positions, zero]);
    const repeated = g.op('Tile', [after, shapeOf(g, tails, 1)]);
    const rows = g.op('Concat', [before, repeated], { ints: { axis: 0 } });
    return g.op('Unsqueeze', [rows, g.int64([1])]);
  };
  const own = range(g, zero, tail);
  return {
    prefix,
    tail,
    width: g.op('Div', [
      sizeOf(g, inputOf(node, 0), 2),
      g.int64([intAttribute(node, 'num_heads')]),
    ]),
    streams: shapeOf(g, prefix, tailRows),
    keys: shapeOf(g, prefix, tail),
    visible: g.op('LessOrEqual', [g.reshape(own, [1, -1]), g.reshape(own, [-1, 1])]),
    cos: packedRows(inputOf(node, 7)),
    sin: packedRows(inputOf(node, 8)),
  };
}

/** query [1, R, heads·d], key and value [1, R, kv·d] → [1, R, heads·d] */
function packedAttention(
  g: GraphBuilder,
  node: NodeProto,
  packed: PackedShapes,
  operator: PrefixOperator,
): void {
  const heads = intAttribute(node, 'num_heads');
  const kvHeads = intAttribute(node, 'kv_num_heads');
  const streams = (rows: Value): readonly [prefix: Value, tails: Value] => {
    const [prefix, tails] = g.ops('Split', [rows, packed.streams], 2, { ints: { axis: 0 } });
    return [prefix ?? '', tails ?? ''];
  };
  const query = streams(rotate(g, splitHeads(g, inputOf(node, 0), heads), packed));
  const key = streams(rotate(g, splitHeads(g, inputOf(node, 1), kvHeads), packed));
  const value = streams(splitHeads(g, inputOf(node, 2), kvHeads));
  const size = { heads, kvHeads };
  const before =
    operator === 'MultiHeadAttention'
      ? repeatedAttention(g, size, query[0], key[0], value[0])
      : groupedAttention(g, size, query[0], key[0], value[0], packed.prefix);
  const after = tailAttention(g, size, query[1], key, value, packed);
  g.assign(outputOf(node, 0), g.op('Concat', [before, after], { ints: { axis: 1 } }));
}

/** [P, heads, d], [P, kv, d] twice → [1, P, heads·d], each key and value head under its query heads. */
function repeatedAttention(
  g: GraphBuilder,
  { heads, kvHeads }: HeadCounts,
  query: Value,
  key: Value,
  value: Value,
): Value {
  const repeated = (rows: Value): Value => {
    const apart = g.op('Unsqueeze', [rows, g.int64([2])]);
    const expanded = g.op('Expand', [apart, g.int64([1, 1, heads / kvHeads, 1])]);
    return asBatch(g, expanded);
  };
  return g.op('MultiHeadAttention', [asBatch(g, query), repeated(key), repeated(value)], {
    ints: { num_heads: heads, unidirectional: 1 },
    contrib: true,
  });
}

/** The same with the operator that knows groups. */
function groupedAttention(
  g: GraphBuilder,
  { heads, kvHeads }: HeadCounts,
  query: Value,
  key: Value,
  value: Value,
  length: Value,
): Value {
  const total = g.op('Cast', [length], { ints: { to: ELEMENT_TYPE.int32 } });
  const last = g.op('Cast', [g.op('Sub', [length, g.int64([1])])], {
    ints: { to: ELEMENT_TYPE.int32 },
  });
  const rows = [query, key, value].map((stream) => asBatch(g, stream));
  const outputs = g.ops('GroupQueryAttention', [...rows, '', '', last, g.reshape(total, [])], 3, {
    ints: { num_heads: heads, kv_num_heads: kvHeads },
    contrib: true,
  });
  return outputs[0] ?? '';
}

/** [rows, …] → [1, rows, all the rest] */
function asBatch(g: GraphBuilder, rows: Value): Value {
  return g.op('Unsqueeze', [g.op('Flatten', [rows], { ints: { axis: 1 } }), g.int64([0])]);
}
