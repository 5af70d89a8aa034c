// Conversations of trainers that read text only.

import type { Sample, Turn } from '../../sample/sample';
import { leftOut } from './pairFormat';

/** @returns a reason for samples with images or videos */
export function requireText(
  { images, videos }: Sample,
  trainer: string,
): { readonly ok: true } | { readonly ok: false; readonly reason: string } {
  return images.length + videos.length > 0
    ? leftOut(`${trainer} reads text only, the sample has images or videos`)
    : { ok: true };
}

export function answerTurn({ candidateRole: role }: Sample, content: string): Turn {
  return { role, content };
}
