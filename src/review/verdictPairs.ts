// Preference pairs from what people decided.

import { pairsOf, type Pair, type PairPolicy } from '../sample/pair';
import type { Sample } from '../sample/sample';
import type { JournalState } from './journalState';
import { sampleHash } from './sampleHash';

export interface VerdictPairs {
  readonly pairs: readonly Pair[];
  /** pairs that another person puts the other way round: nobody is right, so both go */
  readonly disputed: number;
  /** verdicts on a sample that has changed since */
  readonly stale: number;
}

/**
 * The pairs of one sample over everybody's verdicts, each pair once.
 * @param hashAt see {@link JournalState.verdict}
 */
export function verdictPairs(
  journal: JournalState,
  sample: Sample,
  policy: PairPolicy,
  hashAt: (line: number, id: string) => string | undefined,
): VerdictPairs {
  const key = { id: sample.id, line: sample.line, hash: sampleHash(sample) };
  const found = new Map<string, Pair>();
  let stale = 0;
  for (const person of journal.people()) {
    const verdict = journal.verdict(person, key, hashAt);
    if (verdict.decision?.kind !== 'rank') {
      continue;
    }
    if (verdict.stale) {
      stale += 1;
      continue;
    }
    for (const pair of pairsOf(verdict.decision.ranks, policy)) {
      found.set(`${pair.chosen}>${pair.rejected}`, pair);
    }
  }
  const all = [...found.values()];
  const pairs = all.filter(({ chosen, rejected }) => !found.has(`${rejected}>${chosen}`));
  return { pairs, disputed: all.length - pairs.length, stale };
}
