// A sample as a person has revised it: answers edited, answers added. The file stays as it is.

import type { Candidate, Sample } from './sample';
import type { EntryBody } from './verdict';

/** An edited or an added answer, as it stands in a journal. */
export type AnswerChange = Extract<EntryBody, { kind: 'edit' | 'add' }>;

/** Where the text of a candidate comes from. */
export interface Origin {
  /** it is not in the file */
  readonly added: boolean;
  /** what it said before its first edit; absent without one */
  readonly original?: string;
}

export interface RevisedSample {
  /** as it stands in the file: its hash and its key are made from it */
  readonly file: Sample;
  /** with the texts as they are now; added answers come after those of the file, oldest first */
  readonly sample: Sample;
  /** aligned with its candidates */
  readonly origins: readonly Origin[];
}

/**
 * Answers after changes, in their order. An edit names a candidate of the file, or one that was added
 * before, by its place after those; an edit of what is not there counts for nothing, for journals
 * come from anywhere.
 * @param changes of one person, oldest first, without those that were taken back
 */
export function reviseAnswers(
  ofFile: readonly Candidate[],
  changes: readonly AnswerChange[],
): readonly Candidate[] {
  const candidates = [...ofFile];
  for (const change of changes) {
    const edited = change.kind === 'edit' ? candidates[change.candidate] : undefined;
    if (change.kind === 'add') {
      candidates.push({ text: change.text, source: change.source });
    } else if (edited !== undefined) {
      candidates[change.candidate] = { ...edited, text: change.text };
    }
  }
  return candidates;
}

/** A sample with its answers as {@link reviseAnswers} gives them. */
export function reviseSample(sample: Sample, changes: readonly AnswerChange[]): RevisedSample {
  const candidates = reviseAnswers(sample.candidates, changes);
  const added = changes.filter(({ kind }) => kind === 'add');
  const originals = [...sample.candidates, ...added].map(({ text }) => text);
  const origins = candidates.map(({ text }, n): Origin => {
    const original = originals[n];
    const added = n >= sample.candidates.length;
    return original === undefined || original === text ? { added } : { added, original };
  });
  return {
    file: sample,
    sample: changes.length === 0 ? sample : { ...sample, candidates },
    origins,
  };
}
