// Single answers with a label, for KTO: what is good and what is bad, without pairs.

import type { PairSide, PreferencePair } from '../preferencePair';
import type { FormattedSample, RowContext } from './pairFormat';

export type AnswerWriter = (
  pair: PreferencePair,
  answer: PairSide,
  isGood: boolean,
  context: RowContext,
) => { readonly ok: true; readonly row: object } | { readonly ok: false; readonly reason: string };

/**
 * Each answer of a sample once, chosen ones as good and rejected ones as bad. An answer that is
 * chosen in one pair and rejected in another is neither, and tied answers say nothing of good and bad.
 */
export function rowPerAnswer(
  write: AnswerWriter,
): (pairs: readonly PreferencePair[], context: RowContext) => FormattedSample {
  return (all, context) => {
    const pairs = all.filter(({ tied }) => !tied);
    const good = new Set(pairs.map(({ chosen }) => chosen.text));
    const bad = new Set(pairs.map(({ rejected }) => rejected.text));
    const written = new Set<string>();
    const rows: { row: object; marks: object }[] = [];
    const held: PreferencePair[] = [];
    const reasons = all
      .filter(({ tied }) => tied)
      .map(() => 'the answers are tied: neither is good or bad');
    for (const pair of pairs) {
      const sides = [
        { answer: pair.chosen, isGood: true },
        { answer: pair.rejected, isGood: false },
      ].filter(({ answer: { text } }) => !good.has(text) || !bad.has(text));
      const made = sides.map(({ answer, isGood }) => ({
        answer,
        exported: write(pair, answer, isGood, context),
      }));
      const refused = made.find(({ exported }) => !exported.ok)?.exported;
      if (refused?.ok === false || made.length === 0) {
        reasons.push(
          refused?.ok === false
            ? refused.reason
            : 'both answers are chosen in one pair and rejected in another',
        );
        continue;
      }
      held.push(pair);
      for (const { answer, exported } of made) {
        if (exported.ok && !written.has(answer.text)) {
          written.add(answer.text);
          rows.push({ row: exported.row, marks: { edited_completion: answer.edited } });
        }
      }
    }
    return { rows, held, reasons };
  };
}
