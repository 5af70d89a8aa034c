// The projector as an ONNX graph: merged patch features in, rows for the decoder out.

import type { ModelDims } from '../checkpoint/modelConfig';
import { GraphBuilder, type WeightMap } from './graphBuilder';

/**
 * Linear, exact (erf) GELU, linear, on all image tokens, row ends and separator included.
 *
 * features [tokens, 4·vision hidden] float32 → embeds [tokens, hidden]
 */
export function buildProjectorGraph(dims: ModelDims, weights: WeightMap): Uint8Array {
  const g = new GraphBuilder('projector', weights);
  const linear = (x: string, n: number): string =>
    g.op('Gemm', [x, g.weight(`vision_proj.${n}.weight`), g.weight(`vision_proj.${n}.bias`)], {
      ints: { transB: 1 },
    });
  const features = g.input('features', 'float', ['tokens', 4 * dims.vision.hidden]);
  const embeds = linear(g.op('Gelu', [linear(features, 0)]), 2);
  g.output('embeds', embeds, 'float', ['tokens', dims.hidden]);
  return g.build();
}
