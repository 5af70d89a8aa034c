// Which candidates of a sample are run together.

import type { EncodedError } from '../base/errors';
import type { PrefixState } from '../model/tailScorer';
import { sequenceLength, type SequenceItem } from '../model/tokenSequence';
import type { CandidateEncoding } from './encodeSample';

export type CandidateGroup =
  | { readonly kind: 'fault'; readonly candidate: number; readonly error: EncodedError }
  /** scored undivided */
  | { readonly kind: 'whole'; readonly candidate: number; readonly whole: readonly SequenceItem[] }
  /** tails of one prefix */
  | {
      readonly kind: 'tails';
      readonly prefix: PrefixState;
      readonly tails: readonly {
        readonly candidate: number;
        readonly tail: readonly SequenceItem[];
      }[];
    };

/**
 * Every candidate once. Groups come in the order of their first candidates.
 * @param mostRows of the tails of a group; a single tail may have more
 */
export function groupCandidates(
  candidates: readonly CandidateEncoding[],
  prefix: PrefixState | undefined,
  mostRows: number,
): readonly CandidateGroup[] {
  const groups: CandidateGroup[] = [];
  let open: { candidate: number; tail: readonly SequenceItem[] }[] = [];
  let rows = Infinity;
  for (const [candidate, encoding] of candidates.entries()) {
    if (!encoding.ok) {
      groups.push({ kind: 'fault', candidate, error: encoding.error });
      continue;
    }
    const { tail, whole } = encoding.encoded;
    if (tail === undefined || prefix === undefined) {
      groups.push({ kind: 'whole', candidate, whole });
      continue;
    }
    const length = sequenceLength(tail);
    if (open.length === 0 || rows + length > mostRows) {
      [open, rows] = [[], 0];
      groups.push({ kind: 'tails', prefix, tails: open });
    }
    open.push({ candidate, tail });
    rows += length;
  }
  return groups;
}
