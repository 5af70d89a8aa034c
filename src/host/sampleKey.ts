// Names of samples in messages between webview and host, and of their drafts.

import { sampleHash } from '../review/sampleHash';
import type { Sample } from '../sample/sample';

const SEPARATOR = '\u0000';

export interface SamplePlace {
  readonly file: string;
  readonly line: number;
}

/**
 * Names a sample for the webview. What it says is part of the name: a decision on a file that has
 * changed since must not land on what stands on that line now.
 */
export function sampleKey(file: string, sample: Sample): string {
  return [file, sample.line, sampleHash(sample)].join(SEPARATOR);
}

/** Where a sample stood when it was named. */
export function placeOf(key: string): SamplePlace {
  const [file = '', line = ''] = key.split(SEPARATOR);
  return { file, line: Number(line) };
}

/** Names a draft: it goes with the content of the sample, also when rows move. */
export function draftKey(key: string): string {
  const [file = '', , hash = ''] = key.split(SEPARATOR);
  return [file, hash].join(SEPARATOR);
}
