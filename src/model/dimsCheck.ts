// Whether dimensions read from a file can be those of a model at all.

import type { ModelDims, VisionDims } from './checkpoint/modelConfig';

// Several times the largest published sizes (20B: hidden 6144, 48 layers; vocabulary 92,544). A
// forged file must not make us allocate tables or count layers without end.
const LIMITS = {
  hidden: 65_536,
  layers: 512,
  heads: 1024,
  kvHeads: 1024,
  headDim: 1024,
  mlp: 1_048_576,
  vocab: 4_194_304,
  loraRank: 65_536,
  maxPositions: 16_777_216,
} as const;

const VISION_LIMITS = {
  hidden: 16_384,
  layers: 512,
  heads: 512,
  mlp: 262_144,
  patch: 256,
  patchesPerSide: 256,
  tile: 4096,
} as const;

/** @returns what is impossible, or `undefined` */
export function findDimsFault(dims: ModelDims): string | undefined {
  const { hidden, heads, kvHeads, headDim, rmsEps, ropeTheta, ropeFactor } = dims;
  if (hidden !== heads * headDim || heads % kvHeads !== 0 || headDim % 2 !== 0) {
    return `${heads} heads of ${headDim}, ${kvHeads} for keys, do not make a hidden size of ${hidden}`;
  }
  if (!(rmsEps > 0 && rmsEps < 1 && ropeTheta >= 1 && ropeTheta < 1e12 && ropeFactor >= 1)) {
    return `rmsEps ${rmsEps}, ropeTheta ${ropeTheta} or ropeFactor ${ropeFactor} is out of range`;
  }
  return findExcess(dims, LIMITS) ?? findVisionFault(dims.vision);
}

function findVisionFault(vision: VisionDims | undefined): string | undefined {
  if (vision === undefined) {
    return undefined;
  }
  const { hidden, heads, patch, patchesPerSide, tile, layerNormEps } = vision;
  if (hidden % heads !== 0 || patchesPerSide % 2 !== 0 || tile !== patch * patchesPerSide) {
    return (
      `a vision tower ${hidden} wide with ${heads} heads, and tiles of ${tile} pixels ` +
      `in ${patchesPerSide} patches of ${patch}`
    );
  }
  return layerNormEps > 0 && layerNormEps < 1
    ? findExcess(vision, VISION_LIMITS)
    : `layerNormEps ${layerNormEps} is out of range`;
}

function findExcess<K extends string>(
  values: Readonly<Record<NoInfer<K>, number>>,
  limits: Readonly<Record<K, number>>,
): string | undefined {
  const key = (Object.keys(limits) as K[]).find((one) => values[one] > limits[one]);
  return key === undefined ? undefined : `${key} is ${values[key]}, at most ${limits[key]}`;
}
