// Answers as people paste them: a JSON array, or texts with a line of dashes between them.

import type { Candidate } from '../sample/sample';

/** Three or more dashes alone on a line. */
const DIVIDER = /^[ \t]*-{3,}[ \t]*$/m;

/**
 * Reads answers from a text: one JSON array of texts or of `{text, source}`, else what stands
 * between lines of dashes. Blank ones are left out; line ends at either side are not part of a text.
 */
export function parsePastedAnswers(pasted: string): readonly Candidate[] {
  const text = pasted.replaceAll('\r\n', '\n').toWellFormed();
  return (
    fromJson(text) ??
    text
      .split(DIVIDER)
      .map((answer) => ({ text: answer.replace(/^\s*\n|\s+$/g, '') }))
      .filter((answer) => answer.text.trim() !== '')
  );
}

function fromJson(text: string): readonly Candidate[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // a text like any other
  }
  if (!Array.isArray(value)) {
    return undefined;
  }
  const answers = value.map(toCandidate);
  return answers.every((answer) => answer !== undefined)
    ? answers.filter((answer) => answer.text.trim() !== '')
    : undefined;
}

function toCandidate(value: unknown): Candidate | undefined {
  if (typeof value === 'string') {
    return { text: value };
  }
  if (typeof value !== 'object' || value === null || !('text' in value)) {
    return undefined;
  }
  const { text } = value;
  const source = 'source' in value ? value.source : undefined;
  return typeof text === 'string'
    ? { text, ...(typeof source === 'string' ? { source } : {}) }
    : undefined;
}

/**
 * The one line of a candidate file about one medium.
 * @param media its path as it is written in the file
 */
export function pastedRow(
  media: string,
  about: {
    readonly isVideo: boolean;
    readonly prompt: string;
    readonly candidates: readonly Candidate[];
  },
): string {
  const { isVideo, prompt, candidates } = about;
  const id = media.slice(media.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  const paths = isVideo ? { videos: [media] } : { images: [media] };
  return `${JSON.stringify({ id, prompt, ...paths, candidates })}\n`;
}
