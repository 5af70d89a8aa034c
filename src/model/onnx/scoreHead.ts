// Where the decoder graph ends: what its score head multiplies, and by which weights.

import { DECODER_IO } from './decoderGraph';
import { GraphBuilder } from './graphBuilder';
import type { GraphProto, NodeProto, TensorProto } from './onnxSchema';

/** The output that {@link withFeatures} adds: [K, D] float32, after the last norm. */
export const FEATURES = 'features';

/**
 * The same graph with one output more, {@link FEATURES}: a reward is the product of a row of them with
 * the weights of the head.
 * @throws RangeError when the graph does not end in a score head
 */
export function withFeatures(graph: GraphProto): GraphProto {
  const [features = ''] = headProduct(graph).input;
  const end = new GraphBuilder(graph.name, new Map(), `${FEATURES}_`);
  end.output(FEATURES, features, 'float', ['K', 'D']);
  const { node, output } = end.graph();
  return { ...graph, node: [...graph.node, ...node], output: [...graph.output, ...output] };
}

/** The weights of the score head as they are stored. @throws RangeError as {@link withFeatures} does */
export function headWeights(graph: GraphProto): TensorProto {
  const [, widened = ''] = headProduct(graph).input;
  const cast = graph.node.find(({ output }) => output.includes(widened));
  const name = cast?.input[0] ?? widened;
  const found = graph.initializer.find((tensor) => tensor.name === name);
  if (found === undefined) {
    throw new RangeError('the graph has no weights of a score head');
  }
  return found;
}

/** The second one of weights that are turned. */
const PRODUCTS: ReadonlySet<string> = new Set(['Gemm', 'MatMul']);

/** features · weights: rewards are its only use. */
function headProduct(graph: GraphProto): NodeProto {
  const producerOf = (value: string | undefined): NodeProto | undefined =>
    graph.node.find(({ output }) => value !== undefined && output.includes(value));
  let node = producerOf(DECODER_IO.rewards);
  while (node !== undefined && !PRODUCTS.has(node.opType)) {
    node = producerOf(node.input[0]);
  }
  if (node === undefined) {
    throw new RangeError('the graph does not end in a score head');
  }
  return node;
}
