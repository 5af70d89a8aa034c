// TRL's conversational preference format, with images (huggingface/trl: docs/source/dataset_formats.md).

import type { Turn } from '../../sample/sample';
import { leftOut, rowPerPair, type PairFormat } from './pairFormat';
import { placeMedia } from './placedMedia';

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
  readonly prompt: readonly Turn[];
  readonly chosen: readonly Turn[];
  readonly rejected: readonly Turn[];
}

/** For DPO: a row must have an image part for each image, and there is no place for videos. */
export const trl: PairFormat = {
  container: 'lines',
  isTable: true,
  embeds: true,
  evened: (row, columns) => (columns.has('images') ? inParts(row) : row),
  toRows: rowPerPair(({ sample, chosen, rejected }, { mediumOf }) => {
    if (sample.videos.length > 0) {
      return leftOut('TRL has no place for videos');
    }
    const { candidateRole: role, images } = sample;
    if (images.length === 0) {
      const row: TrlTextRow = {
        prompt: sample.messages,
        chosen: [{ role, content: chosen.text }],
        rejected: [{ role, content: rejected.text }],
      };
      return { ok: true, row };
    }
    const placed = placeMedia(sample);
    if (!placed.ok) {
      return placed;
    }
    const answer = (text: string): TrlVisionRow['chosen'] => [
      { role, content: [{ type: 'text', text }] },
    ];
    const row: TrlVisionRow = {
      images: images.map((image) => {
        const { path, dataUrl } = mediumOf(image);
        return dataUrl ?? path;
      }),
      prompt: placed.turns.map((turn) => ({
        role: turn.role,
        content: turn.pieces.map((piece): Part =>
          typeof piece === 'string' ? { type: 'text', text: piece } : { type: 'image' },
        ),
      })),
      chosen: answer(chosen.text),
      rejected: answer(rejected.text),
    };
    return { ok: true, row };
  }),
};

/** A row without images beside rows with them: one column holds texts or parts, not both. */
function inParts(row: Readonly<Record<string, unknown>>): object {
  const { prompt, chosen, rejected } = row as unknown as TrlTextRow;
  const parts = (turns: readonly Turn[]): Message<readonly TextPart[]>[] =>
    turns.map(({ role, content }) => ({ role, content: [{ type: 'text', text: content }] }));
  return { prompt: parts(prompt), chosen: parts(chosen), rejected: parts(rejected) };
}
