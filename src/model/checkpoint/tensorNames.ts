// Names of tensors in checkpoints (reference: InternLM/InternLM-XComposer).

/** Linear layers of a decoder block; in IXC-2.5-Reward each carries a partial LoRA. */
export const DECODER_LINEARS = [
  'attention.wqkv',
  'attention.wo',
  'feed_forward.w1',
  'feed_forward.w3',
  'feed_forward.w2',
] as const;
export type DecoderLinear = (typeof DECODER_LINEARS)[number];

export const EMBEDDINGS = 'model.tok_embeddings.weight';
export const SCORE = 'score.weight';
/** the score head's name in InternLM2-Reward */
export const VALUE_HEAD = 'v_head.weight';
export const FINAL_NORM = 'model.norm.weight';
/** separates overview and tiles */
export const GLOBAL_SEPARATOR = 'plora_glb_GN';
/** ends every row of image tokens */
export const ROW_END = 'plora_sub_GN';
export const VISION = 'vit.vision_tower.vision_model.';
