// What lays out and tokenises prompts: the part of a model that needs no runtime.

import { joinPath } from '../node/folder';
import { readSmallFile } from '../node/smallFile';
import type { VisionDims } from './checkpoint/modelConfig';
import { readManifest, TOKENIZER_NAME, type Manifest } from './manifest';
import { InternLm2Tokenizer } from './tokenizer/internlm2Tokenizer';

const MAX_TOKENIZER_BYTES = 64 * 1024 * 1024;

/** What is needed to lay out and tokenise prompts; no graph is loaded. */
export interface PromptModel {
  readonly manifest: Manifest;
  readonly tokenizer: InternLm2Tokenizer;
}

/** @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID` or `TOKENIZER_INVALID` */
export async function loadPromptModel(folder: string): Promise<PromptModel> {
  const manifest = await readManifest(folder);
  const bytes = await readSmallFile(joinPath(folder, TOKENIZER_NAME), MAX_TOKENIZER_BYTES);
  return { manifest, tokenizer: new InternLm2Tokenizer(bytes) };
}

/** Tokens along the side of a tile: 2×2 patches become one. */
export function tokensPerSide(vision: VisionDims): number {
  return vision.patchesPerSide / 2;
}
