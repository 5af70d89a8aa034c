// The machine's rate of float32 matrix products through the same runtime, on the shapes of a decoder.

import type { ModelDims } from '../../../src/model/checkpoint/modelConfig';
import { GraphBuilder } from '../../../src/model/onnx/graphBuilder';
import { ELEMENT_TYPE, encodeModel } from '../../../src/model/onnx/onnxSchema';
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

/** Products as the graphs have them (Gemm, weights as constants), one session per shape. */
export async function matrixRate(dims: ModelDims, length: number): Promise<MatrixRate> {
  const shapes: { product: Product; session: Session }[] = [];
  for (const product of productsOf(dims)) {
    shapes.push({ product, session: await openProduct(product) });
  }
  return {
    measure: async () => {
      let [operations, ms] = [0, 0];
      for (const { product, session } of shapes) {
        const { inputs, outputs, count } = product;
        const x = floatTensor(new Float32Array(length * inputs).fill(0.5), [length, inputs]);
        const start = performance.now();
        await session.run({ x }, ['y']);
        ms += count * (performance.now() - start);
        operations += 2 * length * inputs * outputs * count;
      }
      return operations / ms / 1e6;
    },
    release: async () => {
      await Promise.all(shapes.map(({ session }) => session.release()));
    },
  };
}

/**
 * First row of x · Wᵀ: the whole product is computed, and little of it is copied out. The weight lies
 * in the graph as it does in a model's, so that the runtime packs it once.
 */
async function openProduct({ inputs, outputs }: Product): Promise<Session> {
  const g = new GraphBuilder('product', new Map());
  const x = g.input('x', 'float', ['rows', inputs]);
  const y = g.op('Gemm', [x, 'w'], { ints: { transB: 1 } });
  g.output('y', g.op('Gather', [y, g.int64([0])], { ints: { axis: 0 } }), 'float', [1, outputs]);
  const graph = g.graph();
  const random = seededRandom(inputs + outputs);
  const values = Float32Array.from({ length: inputs * outputs }, () => random() - 0.5);
  const weight = {
    name: 'w',
    dataType: ELEMENT_TYPE.float,
    dims: [outputs, inputs],
    rawData: new Uint8Array(values.buffer),
  };
  const bytes = encodeModel({ ...graph, initializer: [...graph.initializer, weight] });
  const session = await openSession({ bytes, folder: '.', name: 'product' }, { threads: 0 });
  await session.run({ x: floatTensor(new Float32Array(inputs), [1, inputs]) }, ['y']);
  return session;
}
