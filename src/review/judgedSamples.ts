// Samples with what is known of them for statistics: everybody's verdicts, rewards, lengths.

import { throwIfAborted } from '../base/abort';
import type { RankGroups } from '../sample/ranking';
import type { RevisedSample } from '../sample/revision';
import type { Sample } from '../sample/sample';
import { markCount, markdownMarks } from '../scoring/statistics/markdownMarks';
import type { ReviewSession } from './reviewSession';

/** Rows that are read at once, after which others get their turn. */
const BATCH_ROWS = 256;

/** An answer with its reward, as the person who reviews sees it. */
export interface ScoredAnswer {
  readonly source: string | undefined;
  readonly reward: number;
  /** of its text; 0 where they are not known */
  readonly tokens: number;
  /** headings, list items and bold runs */
  readonly marks: number;
}

/** An answer that a person has given a place. */
export interface PlacedAnswer {
  readonly text: string;
  readonly source: string | undefined;
  /** from 1; equal places are ties */
  readonly place: number;
  /** of just this text; `undefined` where it was not scored */
  readonly reward: number | undefined;
}

/** One person's verdict that stands on a sample. Skipped samples have none. */
export interface PersonVerdict {
  readonly person: string;
  /** ISO 8601 */
  readonly at: string;
  /** judged before the sample changed: counts for nothing */
  readonly stale: boolean;
  readonly accepted: boolean;
  readonly blind: boolean;
  /** `undefined`: all are bad */
  readonly placed: readonly PlacedAnswer[] | undefined;
}

export interface JudgedSample {
  readonly line: number;
  readonly domain: string | undefined;
  readonly verdicts: readonly PersonVerdict[];
  /** in the order of the file; without those that have no reward */
  readonly scored: readonly ScoredAnswer[];
}

/**
 * Reads the rows of which anything is known: verdicts or rewards. Waits for the journal.
 * @throws AppError `CANCELLED`, `FILE_UNREADABLE`, `JOURNAL_UNREADABLE`
 */
export async function readJudgedSamples(
  session: ReviewSession,
  signal?: AbortSignal,
): Promise<readonly JudgedSample[]> {
  const { dataset } = session;
  await session.loaded;
  await dataset.indexed;
  const rows = [...new Set(session.knownLines())]
    .sort((a, b) => a - b)
    .flatMap((line) => dataset.rowAt(line) ?? []);
  const samples: JudgedSample[] = [];
  for (let start = 0; start < rows.length; start += BATCH_ROWS) {
    const batch = rows.slice(start, start + BATCH_ROWS);
    await dataset.load(batch);
    for (const row of batch) {
      const found = await dataset.row(row);
      if (found?.ok === true) {
        samples.push(judgedSample(session, found.sample));
      }
    }
    throwIfAborted(signal);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return samples;
}

function judgedSample(session: ReviewSession, sample: Sample): JudgedSample {
  return {
    line: sample.line,
    domain: sample.domain,
    verdicts: session.journal
      .people()
      .flatMap((person) => personVerdict(session, sample, person) ?? []),
    scored: scoredAnswers(session, session.revised(sample)),
  };
}

/** One person's own verdict and answers. @returns `undefined` where there is no judgement */
export function personVerdict(
  session: ReviewSession,
  sample: Sample,
  person: string,
): PersonVerdict | undefined {
  const { decision, stale, editedSince = [] } = session.verdictOf(sample, person);
  if (decision === undefined || decision.kind === 'skip') {
    return undefined;
  }
  const { at } = decision;
  if (decision.kind === 'allBad') {
    return { person, at, stale, accepted: false, blind: false, placed: undefined };
  }
  const { accepted, blind, ranks } = decision;
  const revised = session.revised(sample, person);
  const valid = ranks.map((group) => group.filter((index) => !editedSince.includes(index)));
  const placed = stale ? [] : placedAnswers(session, revised, valid);
  return { person, at, stale, accepted, blind, placed };
}

function placedAnswers(
  session: ReviewSession,
  { sample: { line, candidates } }: RevisedSample,
  ranks: RankGroups,
): readonly PlacedAnswer[] {
  const named = new Set<number>();
  return ranks.flatMap((group, n) =>
    group.flatMap((index): PlacedAnswer[] => {
      const answer = candidates[index];
      if (answer === undefined || named.has(index)) {
        return []; // journals come from anywhere
      }
      named.add(index);
      const { text, source } = answer;
      return [{ text, source, place: n + 1, reward: session.scores.rewardOf(line, text) }];
    }),
  );
}

function scoredAnswers(session: ReviewSession, { sample }: RevisedSample): readonly ScoredAnswer[] {
  const score = session.scores.get(sample);
  return sample.candidates.flatMap(({ text, source }, n): ScoredAnswer[] => {
    const reward = score?.rewards[n] ?? null;
    return reward === null
      ? []
      : [
          {
            source,
            reward,
            tokens: score?.tokens.texts[n] ?? 0,
            marks: markCount(markdownMarks(text)),
          },
        ];
  });
}
