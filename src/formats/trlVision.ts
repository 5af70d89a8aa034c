// TRL's conversational preference format, with images (huggingface/trl: docs/source/dataset_formats.md).

import { mediaOf, MEDIA_PLACEHOLDER, type Sample } from '../sample/sample';
import type { ExportedPair, PreferencePair } from './preferencePair';

type TextPart = { readonly type: 'text'; readonly text: string };
type Part = { readonly type: 'image' } | TextPart;

interface Message<C> {
  readonly role: string;
  readonly content: C;
}

/** A row with images: content in parts. */
export interface TrlVisionRow {
  readonly images: readonly string[];
  readonly prompt: readonly Message<readonly Part[]>[];
  readonly chosen: readonly Message<readonly TextPart[]>[];
  readonly rejected: readonly Message<readonly TextPart[]>[];
}

/** A row without images: content as text. */
export interface TrlTextRow {
  readonly prompt: readonly Message<string>[];
  readonly chosen: readonly Message<string>[];
  readonly rejected: readonly Message<string>[];
}

/**
 * One row of the export.
 * @param toExportedPath turns a media path of the sample into one that holds in the exported file
 * @returns a reason for samples with videos, which the format has no place for, and for those whose
 *   marks don't fit their images: a row must have an image part for each image
 */
export function toTrlRow(
  { sample, chosen, rejected }: PreferencePair,
  toExportedPath: (path: string) => string,
): ExportedPair<TrlVisionRow | TrlTextRow> {
  if (sample.videos.length > 0) {
    return { ok: false, reason: 'TRL has no place for videos' };
  }
  const { candidateRole: role, images } = sample;
  if (images.length === 0) {
    const row = {
      prompt: sample.messages,
      chosen: [{ role, content: chosen }],
      rejected: [{ role, content: rejected }],
    };
    return { ok: true, row };
  }
  const marks = countMarks(sample);
  if (marks > 0 && marks !== images.length) {
    const reason = `${marks} ${MEDIA_PLACEHOLDER} in the text, ${images.length} images`;
    return { ok: false, reason };
  }
  const answer = (text: string): TrlVisionRow['chosen'] => [
    { role, content: [{ type: 'text', text }] },
  ];
  const row = {
    images: images.map(toExportedPath),
    prompt: toPromptParts(sample),
    chosen: answer(chosen),
    rejected: answer(rejected),
  };
  return { ok: true, row };
}

function countMarks({ messages }: Sample): number {
  return messages.reduce(
    (sum, { content }) => sum + content.split(MEDIA_PLACEHOLDER).length - 1,
    0,
  );
}

/** Images where their placeholders stand; without placeholders, at the start of the first user turn. */
function toPromptParts(sample: Sample): TrlVisionRow['prompt'] {
  const marked = countMarks(sample) > 0;
  const firstUser = sample.messages.findIndex(({ role }) => role === 'user');
  const images = mediaOf(sample).map((): Part => ({ type: 'image' }));
  return sample.messages.map(({ role, content }, n) => {
    const parts = content
      .split(MEDIA_PLACEHOLDER)
      .flatMap((text, at): Part[] => [
        ...(at > 0 ? [{ type: 'image' as const }] : []),
        ...(text === '' ? [] : [{ type: 'text' as const, text }]),
      ]);
    return {
      role,
      content: !marked && n === Math.max(0, firstUser) ? [...images, ...parts] : parts,
    };
  });
}
