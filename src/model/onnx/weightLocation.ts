// Where the graphs find their weights, and in which form.

/** A range of bytes in a file of the model folder. */
export interface DataLocation {
  /** path relative to the graph file */
  readonly file: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A weight stored as floats. */
export interface FloatWeight {
  readonly kind: 'float';
  readonly type: 'float' | 'float16' | 'bfloat16';
  readonly shape: readonly number[];
  readonly data: DataLocation;
}

/**
 * A weight [out, in] in blocks of codes along `in` that share a scale. Value = scale · (code − zero),
 * zero being half of the codes' range.
 */
export interface BlockWeight {
  readonly kind: 'blocks';
  readonly shape: readonly [number, number];
  readonly bits: 4 | 8;
  readonly blockSize: number;
  /** what ONNX Runtime computes in: 0 float32; 4 int8 activations, faster and less exact */
  readonly accuracyLevel: 0 | 4;
  /** [out, blocks, blockSize · bits / 8] uint8; with 4 bits the lower half of a byte comes first */
  readonly codes: DataLocation;
  /** [out · blocks] float32 */
  readonly scales: DataLocation;
}

/** Finds weights by tensor name. */
export type WeightMap = ReadonlyMap<string, FloatWeight | BlockWeight>;
