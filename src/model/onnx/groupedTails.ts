// Rewrites the decoder so that one run carries several tails of one prefix, whose keys and values are inputs.

import { inputOf, outputOf, replaceNodes, sizeOf } from './attentionParts';
import { GraphBuilder, type Value } from './graphBuilder';
import { ELEMENT_TYPE, type GraphProto, type NodeProto } from './onnxSchema';

/**
 * The input that the grouped form has besides: [N + 1] int64, where each of N tails begins among the
 * rows, and where the last one ends. One tail, or a prefix, is [0, S]. With several the total length
 * is that of the prefix and of all rows together, and no keys and values come back (0 positions).
 */
export const TAIL_BOUNDS = 'tail_bounds';

/**
 * The same graph with every `GroupQueryAttention` as it was for one tail, and in turn for several:
 * each tail is behind the prefix and doesn't see the others. All else works on rows, so weights are
 * read once for all tails. Each tail's attention is the operator that it has alone: its rewards are
 * the same to the bit.
 */
export function withGroupedTails(graph: GraphProto): GraphProto {
  let layer = 0;
  let shared: SharedValues | undefined;
  return replaceNodes(graph, 'grouped_', (g, node) => {
    if (node.opType !== 'GroupQueryAttention') {
      return false;
    }
    shared ??= sharedValues(g, node);
    const branches = {
      then_branch: asItWas(node, `alone_${layer}_`),
      else_branch: inTurn(g, node, shared, `turns_${layer}_`),
    };
    const outputs = g.ops('If', [shared.isOne], OUTPUTS.length, { graphs: branches });
    OUTPUTS.forEach((_, n) => g.assign(outputOf(node, n), outputs[n] ?? ''));
    layer += 1;
    return true;
  });
}

/** Shapes of the operator's outputs, by the names of sizes. */
const OUTPUTS = [
  [1, 'S', 'W'],
  [1, 'H', 'T', 'D'],
  [1, 'H', 'T', 'D'],
] as const;

/** What the layers share. */
interface SharedValues {
  readonly bounds: Value;
  /** [] bool: there is one tail */
  readonly isOne: Value;
  /** [] int64: tails */
  readonly tails: Value;
  /** [1] int64: positions of the prefix */
  readonly prefix: Value;
  readonly zero: Value;
  readonly one: Value;
  readonly two: Value;
}

function sharedValues(g: GraphBuilder, node: NodeProto): SharedValues {
  const bounds = g.input(TAIL_BOUNDS, 'int64', ['bounds']);
  const [zero, one, two] = [g.int64([0]), g.int64([1]), g.int64([2])];
  const tails = g.reshape(g.op('Sub', [sizeOf(g, bounds, 0), one]), []);
  const total = g.op('Cast', [inputOf(node, 6)], { ints: { to: ELEMENT_TYPE.int64 } });
  const end = g.op('Gather', [bounds, g.int64([-1])], { ints: { axis: 0 } });
  return {
    bounds,
    isOne: g.op('Equal', [tails, g.int64([1], [])]),
    tails,
    prefix: g.op('Sub', [g.reshape(total, [1]), end]),
    zero,
    one,
    two,
  };
}

/** The operator as it was. */
function asItWas(node: NodeProto, prefix: string): GraphProto {
  const g = new GraphBuilder(`${prefix}attention`, new Map(), prefix);
  const outputs = g.again(node, node.input);
  OUTPUTS.forEach((shape, n) => g.output(`${prefix}out_${n}`, outputs[n] ?? '', 'float', shape));
  return g.graph();
}

/** The operator for one tail after the other. */
function inTurn(
  outer: GraphBuilder,
  node: NodeProto,
  shared: SharedValues,
  prefix: string,
): GraphProto {
  const g = new GraphBuilder(`${prefix}attention`, new Map(), prefix);
  const { zero, one, two, tails } = shared;
  const none = g.op('Slice', [inputOf(node, 0), zero, zero, one]);
  const scalar = outer.int64([], [0]);
  const graphs = { body: turn(node, shared, scalar, `${prefix}body_`) };
  const rows = g.op('Loop', [tails, '', none], { graphs });
  const nothing = g.op('Slice', [inputOf(node, 3), zero, zero, two]);
  [rows, nothing, nothing].forEach((value, n) =>
    g.output(`${prefix}out_${n}`, value, 'float', OUTPUTS[n] ?? []),
  );
  return g.graph();
}

/** Attention of one tail, behind that of the tails before. @param scalar the shape of a number */
function turn(
  node: NodeProto,
  { bounds, prefix: past, one }: SharedValues,
  scalar: Value,
  prefix: string,
): GraphProto {
  const g = new GraphBuilder(`${prefix}turn`, new Map(), prefix);
  const at = g.input(`${prefix}at`, 'int64', []);
  const goOn = g.input(`${prefix}go_on`, 'bool', []);
  const before = g.input(`${prefix}before`, 'float', [1, 'before', 'W']);
  const first = g.op('Reshape', [at, one]);
  const bound = (index: Value): Value => g.op('Gather', [bounds, index], { ints: { axis: 0 } });
  const [begin, end] = [bound(first), bound(g.op('Add', [first, one]))];
  const total = g.op('Add', [past, g.op('Sub', [end, begin])]);
  const to = { ints: { to: ELEMENT_TYPE.int32 } };
  const last = g.op('Cast', [g.op('Sub', [total, one])], to);
  const count = g.op('Reshape', [g.op('Cast', [total], to), scalar]);
  const own = node.input.slice(0, 3).map((rows) => g.op('Slice', [rows, begin, end, one]));
  const inputs = [...own, ...node.input.slice(3, 5), last, count, ...node.input.slice(7)];
  const [rows = ''] = g.again(node, inputs);
  g.output(`${prefix}goes_on`, goOn, 'bool', []);
  const all = g.op('Concat', [before, rows], { ints: { axis: 1 } });
  g.output(`${prefix}after`, all, 'float', [1, 'after', 'W']);
  return g.graph();
}
