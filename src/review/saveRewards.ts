// The rewards of a whole dataset as a score sheet: of the answers in the file, not of edited ones.

import { readCandidateFile } from '../formats/readCandidateFile';
import type { RowFormat } from '../formats/rows/rowFormat';
import { toScoredRow } from '../formats/scoredRow';
import { openSheet } from '../formats/sheets/openSheet';
import { sheetKindOf } from '../formats/sheets/scoreSheet';
import { PartialFile } from '../node/atomicFile';
import { requireOwnOutputs } from '../node/outputPath';
import type { Scorer, ScoreOptions } from '../sample/scorer';
import { scoreRows, sourcesOf, type ScoreJob } from '../scoring/scoreRows';

export interface SaveRewardsOptions {
  readonly dataset: string;
  readonly mediaRoot: string;
  /** reads the rows, by columns that a person named */
  readonly mapped?: RowFormat | undefined;
  /** its verdicts, which the sheet must not replace */
  readonly journal: string;
  /** its ending tells the kind of sheet */
  readonly out: string;
  readonly scorer: Scorer;
  readonly score: ScoreOptions;
  /** names model, head and device; `undefined` when nothing was computed */
  readonly identityOf: (computedOn: string | undefined) => Promise<string>;
  readonly onProgress: (doneRows: number) => void;
  readonly signal: AbortSignal;
}

/** Answers with a reward and without; a row that could not be read counts as one. */
export interface SavedRewards {
  readonly samples: number;
  readonly scored: number;
  readonly failed: number;
}

/**
 * Writes the sheet as a whole or not at all. What is known is not computed again.
 * @throws AppError `CANCELLED`, `USAGE` when the sheet would replace what it is made from,
 *   `OUTPUT_FAILED`, and as reading the dataset and scoring do
 */
export async function saveRewards(options: SaveRewardsOptions): Promise<SavedRewards> {
  const { dataset, journal, out, scorer, score: choice, signal } = options;
  await requireOwnOutputs([out], [dataset, journal]);
  const file = await PartialFile.create(out);
  const tally = { samples: 0, scored: 0, failed: 0 };
  try {
    const sheet = await openSheet(sheetKindOf(out), file, [dataset]);
    const outcomes = scoreRows(jobsOf(options), {
      scorer,
      options: choice,
      signal,
    });
    for await (const { job, score } of outcomes) {
      const { id, line } = job.row.ok ? job.row.sample : job.row;
      const row = toScoredRow({ id, line }, score, await options.identityOf(score.computedOn));
      await sheet.write({ row, sources: sourcesOf(job) });
      const scored = row.rewards.filter((reward) => reward !== null).length;
      tally.samples += 1;
      tally.scored += scored;
      tally.failed += job.row.ok ? row.rewards.length - scored : 1;
      options.onProgress(tally.samples);
    }
    await sheet.finish();
  } catch (error) {
    await file.abandon(true);
    throw error;
  }
  await file.commit();
  return tally;
}

async function* jobsOf({
  dataset,
  mediaRoot,
  mapped,
  score: { compat },
  signal,
}: SaveRewardsOptions): AsyncGenerator<ScoreJob> {
  for await (const row of readCandidateFile(dataset, compat, signal, mapped)) {
    yield { row, mediaRoot };
  }
}
