// What the rewritten forms of attention are built from.

import { GraphBuilder, type Value } from './graphBuilder';
import { ELEMENT_TYPE, type GraphProto, type NodeProto } from './onnxSchema';

/**
 * The same graph with every node for which `replace` builds something else left out; weights stay.
 * @param prefix of the names of new values
 * @param replace adds operators to the builder and returns true, or returns false to keep a node
 */
export function replaceNodes(
  graph: GraphProto,
  prefix: string,
  replace: (g: GraphBuilder, node: NodeProto) => boolean,
): GraphProto {
  const g = new GraphBuilder(graph.name, new Map(), prefix);
  for (const node of graph.node) {
    if (!replace(g, node)) {
      g.append(node);
    }
  }
  const { node, initializer, input } = g.graph();
  const names = new Set(graph.initializer.map(({ name }) => name));
  return {
    ...graph,
    node,
    initializer: [...graph.initializer, ...initializer.filter(({ name }) => !names.has(name))],
    input: [...graph.input, ...input],
  };
}

/** Rotary rows of the positions of a run, [S, 1, head width / 2] each. */
export interface RotaryRows {
  readonly cos: Value;
  readonly sin: Value;
}

/** Rotary embedding of [S, heads, d]: the two halves of a head turn against each other. */
export function rotate(g: GraphBuilder, x: Value, { cos, sin }: RotaryRows): Value {
  const [a, b] = g.ops('Split', [x], 2, { ints: { axis: 2, num_outputs: 2 } });
  const times = (half: Value | undefined, table: Value): Value =>
    g.op('Mul', [half ?? '', g.op('CastLike', [table, x])]);
  return g.op(
    'Concat',
    [g.op('Sub', [times(a, cos), times(b, sin)]), g.op('Add', [times(b, cos), times(a, sin)])],
    { ints: { axis: 2 } },
  );
}

/** [1, S, heads·d] → [S, heads, d] */
export function splitHeads(g: GraphBuilder, value: Value, heads: number): Value {
  const rows = g.op('Squeeze', [value, g.int64([0])]);
  return g.reshape(rows, [0, heads, -1]);
}

/** Divides by the root of the head width before the product, which half precision needs. */
export function scale(g: GraphBuilder, query: Value, width: Value): Value {
  const root = g.op('Sqrt', [g.op('Cast', [width], { ints: { to: ELEMENT_TYPE.float } })]);
  return g.op('Div', [query, g.op('CastLike', [root, query])]);
}

/** `scores` where `visible`, else far below any score and still a number in half precision. */
export function hide(g: GraphBuilder, visible: Value, scores: Value): Value {
  return g.op('Where', [visible, scores, g.op('CastLike', [g.float(-60_000), scores])]);
}

/** One size of a value, [1] int64. */
export function sizeOf(g: GraphBuilder, value: Value, axis: number): Value {
  return g.op('Shape', [value], { ints: { start: axis, end: axis + 1 } });
}

/** A shape from numbers and from sizes that differ from run to run, [1] int64 each. */
export function shapeOf(g: GraphBuilder, ...sizes: readonly (number | Value)[]): Value {
  const parts = sizes.map((size) => (typeof size === 'number' ? g.int64([size]) : size));
  return g.op('Concat', parts, { ints: { axis: 0 } });
}

/** The integers `from` ≤ n < `to`, int64. */
export function range(g: GraphBuilder, from: Value, to: Value): Value {
  return g.op('Range', [g.reshape(from, []), g.reshape(to, []), g.int64([1], [])]);
}

export function inputOf(node: NodeProto, index: number): Value {
  return node.input[index] ?? '';
}

export function outputOf(node: NodeProto, index: number): Value {
  return node.output[index] ?? '';
}

/** @throws RangeError when the node lacks it */
export function intAttribute(node: NodeProto, name: string): number {
  const value = node.attribute.find((attribute) => attribute.name === name)?.i;
  if (value === undefined) {
    throw new RangeError(`${node.name}: no attribute ${name}`);
  }
  return value;
}
