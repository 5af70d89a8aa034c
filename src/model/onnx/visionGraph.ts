// The CLIP tower as an ONNX graph: normalised tiles in, merged patch features out.

import type { VisionDims } from '../checkpoint/modelConfig';
import { VISION } from '../checkpoint/tensorNames';
import { GraphBuilder, type Value } from './graphBuilder';
import type { WeightMap } from './weightLocation';

/**
 * Builds the tower (reference: transformers modeling_clip.py; InternLM-XComposer build_mlp.py).
 * Output of the last encoder layer, without post_layernorm and without the class token; then each
 * 2×2 block of patches becomes one feature, in the order top-left, top-right, bottom-left,
 * bottom-right.
 *
 * pixels [tiles, 3, tile, tile] float32 → features [tiles, patches/2, patches/2, 4·hidden]
 */
export function buildVisionGraph(dims: VisionDims, weights: WeightMap): Uint8Array {
  const g = new GraphBuilder('vision', weights);
  const { hidden, patch, patchesPerSide: side } = dims;
  const positions = side * side + 1;
  const pixels = g.input('pixels', 'float', ['tiles', 3, dims.tile, dims.tile]);

  const patches = g.op('Conv', [pixels, w(g, 'embeddings.patch_embedding.weight')], {
    ints: { kernel_shape: [patch, patch], strides: [patch, patch] },
  });
  const rows = g.op('Transpose', [g.reshape(patches, [0, hidden, side * side])], {
    ints: { perm: [0, 2, 1] },
  });
  const tiles = g.op('Shape', [pixels], { ints: { start: 0, end: 1 } });
  const classShape = g.op('Concat', [tiles, g.int64([1, hidden])], { ints: { axis: 0 } });
  const classToken = g.op('Expand', [w(g, 'embeddings.class_embedding'), classShape]);
  const embedded = g.op('Add', [
    g.op('Concat', [classToken, rows], { ints: { axis: 1 } }),
    w(g, 'embeddings.position_embedding.weight'),
  ]);
  // rows of all tiles in one matrix: [tiles · positions, hidden]
  let x = layerNorm(g, dims, g.reshape(embedded, [-1, hidden]), 'pre_layrnorm');
  for (let n = 0; n < dims.layers; n += 1) {
    x = encoderLayer(g, dims, x, `encoder.layers.${n}.`, positions);
  }
  const grid = g.op('Slice', [
    g.reshape(x, [-1, positions, hidden]),
    g.int64([1]),
    g.int64([positions]),
    g.int64([1]),
  ]);
  const half = side / 2;
  const blocks = g.op('Transpose', [g.reshape(grid, [-1, half, 2, half, 2, hidden])], {
    ints: { perm: [0, 1, 3, 2, 4, 5] },
  });
  const merged = g.reshape(blocks, [-1, half, half, 4 * hidden]);
  g.output('features', merged, 'float', ['tiles', half, half, 4 * hidden]);
  return g.build();
}

function encoderLayer(
  g: GraphBuilder,
  dims: VisionDims,
  x: Value,
  at: string,
  positions: number,
): Value {
  const normed = layerNorm(g, dims, x, `${at}layer_norm1`);
  const [q, k, v] = ['q', 'k', 'v'].map((name) =>
    g.reshape(linear(g, normed, `${at}self_attn.${name}_proj`), [-1, positions, dims.hidden]),
  );
  // scale defaults to 1/sqrt(head width)
  const attended = g.op('MultiHeadAttention', [q ?? '', k ?? '', v ?? ''], {
    ints: { num_heads: dims.heads },
    contrib: true,
  });
  const out = linear(g, g.reshape(attended, [-1, dims.hidden]), `${at}self_attn.out_proj`);
  const x1 = g.op('Add', [x, out]);
  const inner = linear(g, layerNorm(g, dims, x1, `${at}layer_norm2`), `${at}mlp.fc1`);
  const activated = g.op('QuickGelu', [inner], { floats: { alpha: 1.702 }, contrib: true });
  return g.op('Add', [x1, linear(g, activated, `${at}mlp.fc2`)]);
}

function layerNorm(g: GraphBuilder, dims: VisionDims, x: Value, name: string): Value {
  return g.op('LayerNormalization', [x, w(g, `${name}.weight`), w(g, `${name}.bias`)], {
    ints: { axis: -1 },
    floats: { epsilon: dims.layerNormEps },
  });
}

function linear(g: GraphBuilder, x: Value, name: string): Value {
  return g.linear(x, `${VISION}${name}.weight`, `${VISION}${name}.bias`);
}

function w(g: GraphBuilder, name: string): Value {
  return g.weight(VISION + name);
}
