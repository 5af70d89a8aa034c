// The projector as an ONNX graph: merged patch features in, rows for the decoder out.

import type { VisionDims } from '../checkpoint/modelConfig';
import { GraphBuilder } from './graphBuilder';
import type { WeightMap } from './weightLocation';

/**
 * Linear, exact (erf) GELU, linear, on all image tokens, row ends and separator included.
 *
 * features [tokens, 4·vision hidden] float32 → embeds [tokens, hidden]
 */
export function buildProjectorGraph(
  hidden: number,
  vision: VisionDims,
  weights: WeightMap,
): Uint8Array {
  const g = new GraphBuilder('projector', weights);
  const linear = (x: string, n: number): string =>
    g.linear(x, `vision_proj.${n}.weight`, `vision_proj.${n}.bias`);
  const features = g.input('features', 'float', ['tokens', 4 * vision.hidden]);
  const embeds = linear(g.op('Gelu', [linear(features, 0)]), 2);
  g.output('embeds', embeds, 'float', ['tokens', hidden]);
  return g.build();
}
