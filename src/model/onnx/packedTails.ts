// Attention of a batch of tails that follow one prefix, in matrix products; the prefix is not copied.

import { hide, scale, shapeOf } from './attentionParts';
import type { GraphBuilder, Value } from './graphBuilder';

/** Query heads, and the key/value heads that they share in groups. */
export interface HeadCounts {
  readonly heads: number;
  readonly kvHeads: number;
}

/** Sizes of a run, [1] int64 each, and what follows from them. */
export interface TailShapes {
  /** T */
  readonly tail: Value;
  /** d, width of a head */
  readonly width: Value;
  /** [2]: P, T */
  readonly keys: Value;
  /** [T, T] bool: true where a row may look at one of its own tail */
  readonly visible: Value;
}

/** Pieces, by key/value head, in which the tails are attended one after the other. */
const MAX_PIECES = 8;

/** Bytes of the largest matrix of float32 scores: of one piece for N tails. */
export function packedScoreBytes(
  { heads, kvHeads }: HeadCounts,
  tails: number,
  tailLength: number,
  prefixLength: number,
): number {
  return 4 * tails * (heads / piecesOf(kvHeads)) * tailLength * (prefixLength + tailLength);
}

/**
 * The tails: query [N·T, heads, d], keys and values of the prefix [P, kv, d] and of the tails
 * [N·T, kv, d] → [1, N·T, heads·d].
 */
export function tailAttention(
  g: GraphBuilder,
  { heads, kvHeads }: HeadCounts,
  query: Value,
  [prefixKey, tailKey]: readonly [Value, Value],
  [prefixValue, tailValue]: readonly [Value, Value],
  packed: TailShapes,
): Value {
  const { tail, width } = packed;
  const group = heads / kvHeads;
  const pieces = piecesOf(kvHeads);
  const byHead = (
    rows: Value,
    shape: Value | undefined,
    perm: readonly number[],
  ): readonly Value[] => {
    const apart = shape === undefined ? rows : g.op('Reshape', [rows, shape]);
    const turned = g.op('Transpose', [apart], { ints: { perm } });
    return pieces === 1
      ? [turned]
      : g.ops('Split', [turned], pieces, { ints: { axis: 0, num_outputs: pieces } });
  };
  const ownRows = shapeOf(g, -1, tail, kvHeads, width);
  const queries = shapeOf(g, -1, tail, kvHeads, group, width);
  const split = {
    query: byHead(scale(g, query, width), queries, [2, 0, 3, 1, 4]),
    prefixKey: byHead(prefixKey, undefined, [1, 2, 0]),
    prefixValue: byHead(prefixValue, undefined, [1, 0, 2]),
    tailKey: byHead(tailKey, ownRows, [2, 0, 3, 1]),
    tailValue: byHead(tailValue, ownRows, [2, 0, 1, 3]),
  };
  const shapes = pieceShapes(g, kvHeads / pieces, group, packed);
  const mixed = split.query.map((rows, piece) => {
    const part = (values: readonly Value[]): Value => values[piece] ?? '';
    const { visible, keys } = packed;
    // scores of the rows of all tails against the prefix: one product per key head
    const far = g.op('MatMul', [g.op('Reshape', [rows, shapes.stacked]), part(split.prefixKey)]);
    const near = g.op('MatMul', [g.op('Reshape', [rows, shapes.byTail]), part(split.tailKey)]);
    const hidden = hide(g, visible, g.op('Reshape', [near, shapes.ownScores]));
    const own = g.op('Reshape', [hidden, shapes.stackedScores]);
    const scores = g.op('Concat', [far, own], { ints: { axis: 2 } });
    const weights = g.op('Softmax', [scores], { ints: { axis: -1 } });
    const [toPrefix, toOwn] = g.ops('Split', [weights, keys], 2, { ints: { axis: 2 } });
    const ownWeights = g.op('Reshape', [toOwn ?? '', shapes.ownWeights]);
    const fromOwn = g.op('MatMul', [ownWeights, part(split.tailValue)]);
    const fromPrefix = g.op('MatMul', [toPrefix ?? '', part(split.prefixValue)]);
    return g.op('Add', [fromPrefix, g.op('Reshape', [fromOwn, shapes.stacked])]);
  });
  const joined = pieces === 1 ? mixed : [g.op('Concat', mixed, { ints: { axis: 0 } })];
  const apart = g.op('Reshape', [joined[0] ?? '', shapeOf(g, kvHeads, -1, group, tail, width)]);
  const back = g.op('Transpose', [apart], { ints: { perm: [1, 3, 0, 2, 4] } });
  // [N, T, kv, group, d]: rows first, then a row's heads
  const flat = g.op('Mul', [width, g.int64([heads])]);
  return g.op('Reshape', [back, shapeOf(g, 1, -1, flat)]);
}

interface PieceShapes {
  /** [c, N·group·T, d] */
  readonly stacked: Value;
  /** [c, N, group·T, d] */
  readonly byTail: Value;
  /** [c, N, group, T, T] */
  readonly ownScores: Value;
  /** [c, N·group·T, T] */
  readonly stackedScores: Value;
  /** [c, N, group·T, T] */
  readonly ownWeights: Value;
}

/** Shapes of a piece of c key heads; its query is [c, N, group, T, d]. */
function pieceShapes(
  g: GraphBuilder,
  count: number,
  group: number,
  { tail, width }: TailShapes,
): PieceShapes {
  return {
    stacked: shapeOf(g, count, -1, width),
    byTail: shapeOf(g, 0, 0, -1, width),
    ownScores: shapeOf(g, 0, 0, group, -1, tail),
    stackedScores: shapeOf(g, count, -1, tail),
    ownWeights: shapeOf(g, count, -1, g.op('Mul', [tail, g.int64([group])]), tail),
  };
}

/** Largest divisor of the number of key heads that is at most {@link MAX_PIECES}. */
function piecesOf(kvHeads: number): number {
  let pieces = Math.min(kvHeads, MAX_PIECES);
  while (kvHeads % pieces !== 0) {
    pieces -= 1;
  }
  return pieces;
}
