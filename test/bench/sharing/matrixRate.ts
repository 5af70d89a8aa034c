// The machine's rate of float32 matrix products through the same runtime, on the shapes of a decoder.

import type { ModelDims } from '../../../src/model/checkpoint/modelConfig';
import { GraphBuilder, type Value } from '../../../src/model/onnx/graphBuilder';
import { ELEMENT_TYPE, encodeModel, type TensorProto } from '../../../src/model/onnx/onnxSchema';
import { floatTensor, openSession, type Session } from '../../../src/model/ortRuntime';
import { seededRandom } from '../../support/random';

interface Product {
  readonly inputs: number;
  readonly outputs: number;
  /** of this shape in one pass, in the layers whose rows all go on */
  readonly count: number;
}

/** The products of one pass: in the last layer only the attention's input is computed for all rows. */
function productsOf(dims: ModelDims): readonly Product[] {
  const { hidden, mlp, heads, kvHeads, headDim, layers } = dims;
  return [
    { inputs: hidden, outputs: (heads + 2 * kvHeads) * headDim, count: layers },
    { inputs: heads * headDim, outputs: hidden, count: layers - 1 },
    { inputs: hidden, outputs: mlp, count: 2 * (layers - 1) },
    { inputs: mlp, outputs: hidden, count: layers - 1 },
  ];
}

/** Floating-point operations of a pruned pass over `length` rows: products and causal attention. */
export function passFlops(dims: ModelDims, length: number): number {
  const products = productsOf(dims).reduce(
    (sum, { inputs, outputs, count }) => sum + 2 * length * inputs * outputs * count,
    0,
  );
  // scores and weighted sums: half of them are masked
  const attention = (2 * 2 * length * length * dims.heads * dims.headDim * dims.layers) / 2;
  return products + attention;
}

export interface MatrixRate {
  /** one run of every shape; @returns GFLOP/s, weighted by the operations of a pass */
  measure(): Promise<number>;
  release(): Promise<void>;
}

/**
 * Products as the decoder's graph has them (Gemm, weights as constants), each shape as often as a pass
 * has it, in one run of one session: threads of several sessions would wait for work against each
 * other on the same cores, and the rate would come out far too low.
 */
export async function matrixRate(dims: ModelDims, length: number): Promise<MatrixRate> {
  const products = productsOf(dims);
  const session = await openProducts(products);
  const feeds = Object.fromEntries(
    products.map(({ inputs }) => [
      `x${inputs}`,
      floatTensor(new Float32Array(length * inputs).fill(0.5), [length, inputs]),
    ]),
  );
  const operations = products.reduce(
    (sum, { inputs, outputs, count }) => sum + 2 * length * inputs * outputs * count,
    0,
  );
  const run = async (): Promise<number> => {
    const start = performance.now();
    await session.run(feeds, ['y']);
    return operations / (performance.now() - start) / 1e6;
  };
  // the first run takes its memory from the system
  await run();
  return { measure: run, release: () => session.release() };
}

/**
 * Sum of one value of every product: all are computed, and next to nothing is copied out. The weights
 * lie in the graph as they do in a model's, so that the runtime packs them once.
 */
async function openProducts(products: readonly Product[]): Promise<Session> {
  const g = new GraphBuilder('products', new Map());
  const x = new Map(products.map(({ inputs }) => [inputs, `x${inputs}`] as const));
  for (const [inputs, name] of x) {
    g.input(name, 'float', ['rows', inputs]);
  }
  const weights: TensorProto[] = [];
  const sums: Value[] = [];
  for (const [shape, { inputs, outputs, count }] of products.entries()) {
    const random = seededRandom(shape + 1);
    for (let n = 0; n < count; n += 1) {
      const name = `w${shape}_${n}`;
      const values = Float32Array.from({ length: inputs * outputs }, () => random() - 0.5);
      weights.push({
        name,
        dataType: ELEMENT_TYPE.float,
        dims: [outputs, inputs],
        rawData: new Uint8Array(values.buffer),
      });
      const y = g.op('Gemm', [`x${inputs}`, name], { ints: { transB: 1 } });
      sums.push(g.op('GatherND', [y, g.int64([0, 0])]));
    }
  }
  g.output('y', g.op('Sum', sums), 'float', []);
  const graph = g.graph();
  const bytes = encodeModel({ ...graph, initializer: [...graph.initializer, ...weights] });
  return openSession({ bytes, folder: '.', name: 'products' }, { threads: 0 });
}
