// Looks through a dataset for the rows that a query wants.

import { throwIfAborted } from '../base/abort';
import type { RowResult } from '../formats/datasetRow';
import { isFileOrder, FILE_ORDER, type QueueFilter, type QueueQuery } from '../sample/queueQuery';
import { NO_VERDICT } from '../sample/verdict';
import { matches, sortKey, type RowFacts } from './matchRow';
import type { ReviewSession } from './reviewSession';

/** Rows after which others get their turn. */
const TURN_ROWS = 500;

/** What a query finds. */
export interface FoundRows {
  /** in the wanted order; equal ones in that of the file */
  readonly rows: Uint32Array;
  /** ascending: what its conditions leave without those on standings; `undefined` when all */
  readonly pool: Uint32Array | undefined;
}

/**
 * Goes through all rows once. Waits for the end of the scan of the file, and for the journal.
 * @param onProgress with the share that is done, from 0 to 1
 * @throws AppError `CANCELLED`, or `FILE_UNREADABLE`
 */
export async function findRows(
  session: ReviewSession,
  { filter, sort, descending }: QueueQuery,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<FoundRows> {
  const { standings } = filter;
  const others: QueueFilter = { ...filter, standings: undefined };
  const pool: number[] = [];
  const found: number[] = [];
  const keys: (number | string | undefined)[] = [];
  await eachRow(
    session,
    (row, facts) => {
      if (!matches(others, facts)) {
        return;
      }
      pool.push(row);
      if (matches({ standings }, facts)) {
        found.push(row);
        keys.push(sortKey(sort, facts));
      }
    },
    onProgress,
    signal,
  );
  const order = found
    .map((_, n) => n)
    .sort((a, b) => compare(keys[a], keys[b], descending) || a - b);
  return {
    rows: Uint32Array.from(order, (n) => found[n] ?? 0),
    pool: isFileOrder({ ...FILE_ORDER, filter: others }) ? undefined : Uint32Array.from(pool),
  };
}

/** How many rows there are of each source and domain. */
export interface Facets {
  readonly sources: ReadonlyMap<string, number>;
  readonly domains: ReadonlyMap<string, number>;
}

/** @throws AppError as {@link findRows} does */
export async function findFacets(session: ReviewSession, signal: AbortSignal): Promise<Facets> {
  const sources = new Map<string, number>();
  const domains = new Map<string, number>();
  const count = (into: Map<string, number>, name: string | undefined): void => {
    if (name !== undefined && name !== '') {
      into.set(name, (into.get(name) ?? 0) + 1);
    }
  };
  await eachRow(
    session,
    (_, { result }) => {
      if (result.ok) {
        count(domains, result.sample.domain);
        for (const source of new Set(result.sample.candidates.map((each) => each.source))) {
          count(sources, source);
        }
      }
    },
    () => undefined,
    signal,
  );
  return { sources, domains };
}

async function eachRow(
  session: ReviewSession,
  visit: (row: number, facts: RowFacts) => void,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { dataset } = session;
  await dataset.indexed;
  await session.loaded;
  for await (const [row, result] of dataset.rows()) {
    visit(row, factsOf(session, result));
    if (row % TURN_ROWS === 0) {
      onProgress(row / dataset.rowCount);
      await new Promise((resolve) => setImmediate(resolve));
      throwIfAborted(signal);
    }
  }
}

/** What is known of a row, with its answers as the person has revised them. */
function factsOf(session: ReviewSession, result: RowResult): RowFacts {
  const { noiseFloor } = session;
  if (!result.ok) {
    return { result, verdict: NO_VERDICT, rewards: undefined, noiseFloor };
  }
  const { sample } = session.revised(result.sample);
  const verdict = session.verdictOf(result.sample);
  const rewards = session.scores.get(sample)?.rewards;
  return { result: { ok: true, sample }, verdict, rewards, noiseFloor };
}

function compare(
  a: number | string | undefined,
  b: number | string | undefined,
  descending: boolean,
): number {
  if (a === undefined || b === undefined) {
    return Number(a === undefined) - Number(b === undefined);
  }
  const order =
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return descending ? -order : order;
}
