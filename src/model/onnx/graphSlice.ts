// Cuts the beginning of a graph out, so that one layer of a model can be run by itself.

import { GraphBuilder } from './graphBuilder';
import { ELEMENT_TYPE, type GraphProto, type NodeProto } from './onnxSchema';

/** Name of the float32 output of a slice. */
export const SLICE_OUTPUT = 'slice';

/**
 * The part of a graph that computes the first output of the operator that reads `weight`, as the
 * output {@link SLICE_OUTPUT}, and those of the graph's own outputs named in `keep`. Inputs stay
 * declared where their name passes `isInput`.
 * @throws RangeError when nothing reads `weight`
 */
export function sliceGraph(
  graph: GraphProto,
  weight: string,
  keep: readonly string[],
  isInput: (name: string) => boolean,
): GraphProto {
  const end = readerOf(graph, weight).output[0] ?? '';
  const producers = new Map<string, NodeProto>();
  for (const node of graph.node) {
    for (const name of node.output) {
      producers.set(name, node);
    }
  }
  const needed = new Set<NodeProto>();
  const values = [end, ...keep];
  for (let value = values.pop(); value !== undefined; value = values.pop()) {
    const node = producers.get(value);
    if (node !== undefined && !needed.has(node)) {
      needed.add(node);
      values.push(...node.input);
    }
  }
  const used = new Set([...needed].flatMap(({ input }) => input));
  const cast = new GraphBuilder(graph.name, new Map(), 'slice_');
  const last = cast.op('Cast', [end], { ints: { to: ELEMENT_TYPE.float } });
  cast.output(SLICE_OUTPUT, last, 'float', ['rows', 'width']);
  const tail = cast.graph();
  return {
    name: graph.name,
    node: [...graph.node.filter((node) => needed.has(node)), ...tail.node],
    initializer: graph.initializer.filter(({ name }) => used.has(name)),
    input: graph.input.filter(({ name }) => isInput(name)),
    output: [...graph.output.filter(({ name }) => keep.includes(name)), ...tail.output],
  };
}

/** The operator that works with a weight: one that is stored half as wide is widened before. */
function readerOf(graph: GraphProto, value: string): NodeProto {
  const reader = graph.node.find(({ input }) => input.includes(value));
  if (reader === undefined) {
    throw new RangeError(`nothing reads ${value}`);
  }
  return reader.opType === 'Cast' ? readerOf(graph, reader.output[0] ?? '') : reader;
}
