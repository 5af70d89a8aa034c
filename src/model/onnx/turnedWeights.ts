// Rewrites products with transposed weights into plain ones, for devices that are slow at the former.

import { inputOf, outputOf, replaceNodes } from './attentionParts';
import type { GraphProto, NodeProto } from './onnxSchema';

/**
 * The same graph with every `Gemm` of a transposed matrix as `Transpose` and `MatMul`. The runtime
 * turns weights once, when it loads the graph; in WebGPU the plain product is three times as fast
 * (measured: test/bench/device). A weight stored half as wide is turned before it is widened, so
 * that the turned copy is half as large. Quantised weights stay as they are.
 */
export function withTurnedWeights(graph: GraphProto): GraphProto {
  const producers = new Map<string, NodeProto>(
    graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)),
  );
  return replaceNodes(graph, 'turned_', (g, node) => {
    if (node.opType !== 'Gemm' || !isTransposed(node)) {
      return false;
    }
    const weight = inputOf(node, 1);
    const widening = producers.get(weight);
    const turn = (matrix: string): string =>
      g.op('Transpose', [matrix], { ints: { perm: [1, 0] } });
    const turned =
      widening?.opType === 'Cast'
        ? (g.again(widening, [turn(inputOf(widening, 0))])[0] ?? '')
        : turn(weight);
    const product = g.op('MatMul', [inputOf(node, 0), turned]);
    const bias = inputOf(node, 2);
    g.assign(outputOf(node, 0), bias === '' ? product : g.op('Add', [product, bias]));
    return true;
  });
}

function isTransposed(node: NodeProto): boolean {
  return node.attribute.some(({ name, i }) => name === 'transB' && i === 1);
}
