// What a device can do at most through the runtime: matrix products and memory traffic.

import { GraphBuilder } from '../../../src/model/onnx/graphBuilder';
import { floatTensor, openSession } from '../../../src/model/ortRuntime';
import type { Device } from '../../../src/sample/device';

type Precision = 'fp32' | 'fp16';

/** Runs one graph with a single number in and out, a few times. @returns seconds of the fastest run */
async function fastestSeconds(device: Device, g: GraphBuilder, repeats: number): Promise<number> {
  const source = { bytes: g.build(), folder: '.', name: 'rates' };
  const session = await openSession(source, { threads: 0, device });
  try {
    const times: number[] = [];
    for (let repeat = 0; repeat <= repeats; repeat += 1) {
      // another number each time: nothing can be remembered
      const feeds = {
        x: floatTensor(Float32Array.of(1 + repeat / 1024), [1]),
        scale: floatTensor(Float32Array.of(SIDE), [1]),
      };
      const start = performance.now();
      await session.run(feeds, ['y']);
      times.push((performance.now() - start) / 1000);
    }
    return Math.min(...times.slice(1));
  } finally {
    await session.release();
  }
}

/** A matrix that products with itself leave as large as it is: nothing overflows in half precision. */
function filled(g: GraphBuilder, rows: number, columns: number, precision: Precision): string {
  const scaled = g.op('Div', ['x', 'scale']);
  const matrix = g.op('Expand', [scaled, g.int64([rows, columns])]);
  return precision === 'fp16' ? g.op('Cast', [matrix], { ints: { to: FLOAT16 } }) : matrix;
}

/** Rows and columns of the matrices that are multiplied. */
const SIDE = 4096;

/** ONNX element types */
const FLOAT = 1;
const FLOAT16 = 10;

function firstValue(g: GraphBuilder, matrix: string): void {
  const value = g.op('GatherND', [matrix, g.int64([0, 0])]);
  g.output('y', g.op('Cast', [value], { ints: { to: FLOAT } }), 'float', []);
}

/**
 * @param operator `Gemm` with the second matrix transposed, as the decoder's graph has it
 * @returns GFLOP/s of square products, `count` of them one after the other in one run
 */
export async function matrixGflops(
  device: Device,
  precision: Precision,
  operator: 'MatMul' | 'Gemm' | 'turned Gemm',
): Promise<number> {
  const counts = [2, 10] as const;
  const seconds: number[] = [];
  for (const count of counts) {
    const g = new GraphBuilder('products', new Map());
    g.input('x', 'float', [1]);
    g.input('scale', 'float', [1]);
    const a = filled(g, SIDE, SIDE, precision);
    let y = a;
    for (let n = 0; n < count; n += 1) {
      y =
        operator === 'MatMul'
          ? g.op('MatMul', [y, a])
          : g.op('Gemm', [y, a], { ints: { transB: operator === 'Gemm' ? 1 : 0 } });
    }
    firstValue(g, y);
    seconds.push(await fastestSeconds(device, g, 5));
  }
  // what a run costs besides products is in both
  const [few = 0, many = 0] = seconds;
  return ((counts[1] - counts[0]) * 2 * SIDE ** 3) / (many - few) / 1e9;
}

/** @returns GB/s read and written by additions in float32 */
export async function memoryGbps(device: Device): Promise<number> {
  const side = 2 * SIDE;
  const counts = [4, 24] as const;
  const seconds: number[] = [];
  for (const count of counts) {
    const g = new GraphBuilder('traffic', new Map());
    g.input('x', 'float', [1]);
    g.input('scale', 'float', [1]);
    let y = filled(g, side, side, 'fp32');
    for (let n = 0; n < count; n += 1) {
      y = g.op('Add', [y, 'x']);
    }
    firstValue(g, y);
    seconds.push(await fastestSeconds(device, g, 5));
  }
  const [few = 0, many = 0] = seconds;
  return ((counts[1] - counts[0]) * 2 * 4 * side ** 2) / (many - few) / 1e9;
}
