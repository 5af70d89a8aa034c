// The queue of an open dataset: which rows it shows, how far the file is scanned, and where to go.

import type * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { encodeError, isCancelled } from '../../base/errors';
import { querySchema, type ConditionCounts, type ToWebview } from '../../protocol/reviewProtocol';
import { findRows } from '../../review/findRows';
import type { SessionEvent } from '../../review/reviewSession';
import { StandingCounts } from '../../review/standingCounts';
import {
  dependsOnRewards,
  FILE_ORDER,
  isFileOrder,
  type QueueQuery,
} from '../../sample/queueQuery';
import { STANDINGS, type Condition } from '../../sample/standing';
import { describeError } from '../messages';
import type { OpenDataset } from '../sessions';
import { nextUnreviewed, toIndexedView } from './datasetRows';

const CONDITIONS: readonly Condition[] = [...STANDINGS, 'flagged'];
/** A scan tells of many pieces a second, and so does scoring. */
const TELL_MS = 200;
/** Rewards come one by one: the rows that they change are looked for together. */
const LOOK_AGAIN_MS = 1000;
/** Of the time, at most this much goes into looking again. */
const LOOK_AGAIN_SHARE = 0.1;

/** Where the queue is shown. */
export interface QueuePage {
  post(message: ToWebview): void;
  /** a hidden one is told everything when it is shown again */
  isShown(): boolean;
}

/** Lives as long as its dataset is open in an editor. */
export class DatasetQueue implements Disposable {
  #query: QueueQuery = FILE_ORDER;
  #rows: Uint32Array | undefined;
  #looking = new AbortController();
  /** how much of the dataset was looked through for the query */
  #share = 1;
  #toldAt = 0;
  readonly #store = new DisposableStore();
  #counts: StandingCounts;
  #countsTimer: NodeJS.Timeout | undefined;
  #lookTimer: NodeJS.Timeout | undefined;
  /** its rows are to be looked for when the page is visible again */
  #isBehind = false;
  /** how long it took the last time */
  #lookMs = 0;
  /** by which the counts are made */
  #noiseFloor: number;

  /** @param page that shows it @param state where the query is kept over restarts */
  constructor(
    readonly dataset: OpenDataset,
    readonly page: QueuePage,
    readonly state: vscode.Memento,
  ) {
    const { session } = dataset;
    const rows = session.dataset;
    this.#counts = new StandingCounts(session);
    this.#noiseFloor = session.noiseFloor;
    this.#store.add(session.onChange.on((event) => this.#recount(event)));
    this.#store.add(
      rows.onGrow.on(() => {
        if (rows.isComplete || this.#isTimeToTell()) {
          this.#postIndexed();
          this.#tellCounts();
        }
      }),
    );
    const kept = querySchema.safeParse(state.get(this.#key));
    if (kept.success) {
      this.#query = kept.data;
      void this.#look();
    }
  }

  get #key(): string {
    return `queue:${this.dataset.path}`;
  }

  get query(): QueueQuery {
    return this.#query;
  }

  /** Shows other rows. They are found in the background. */
  async show(query: QueueQuery): Promise<void> {
    this.#query = query;
    this.#rows = undefined;
    await this.state.update(this.#key, isFileOrder(query) ? undefined : query);
    await this.#look();
  }

  /** Tells the page what it shows. */
  send(): void {
    if (this.#isBehind) {
      void this.#look();
    }
    this.#postIndexed();
    this.#postQueue(this.#share);
    this.#postCounts();
  }

  /** The next row of the queue that nobody has reviewed; from its start again after the last. */
  nextUnreviewed(after: number): Promise<number | undefined> {
    return nextUnreviewed(this.dataset, after, this.#rows);
  }

  /** @param again for the query that is shown: its rows stay until others are found */
  async #look(again = false): Promise<void> {
    this.#looking.abort();
    clearTimeout(this.#lookTimer);
    this.#lookTimer = undefined;
    this.#isBehind = !this.page.isShown();
    if (this.#isBehind) {
      return;
    }
    const started = Date.now();
    const looking = new AbortController();
    this.#looking = looking;
    const query = this.#query;
    if (isFileOrder(query)) {
      this.#counts = new StandingCounts(this.dataset.session);
      this.#postQueue(1);
      this.#postCounts();
      return;
    }
    if (!again) {
      this.#postQueue(0);
    }
    try {
      const onProgress = (share: number): void => {
        if (!again && this.#isTimeToTell()) {
          this.#postQueue(share);
        }
      };
      const { session } = this.dataset;
      const { rows, pool } = await findRows(session, query, onProgress, looking.signal);
      if (!looking.signal.aborted) {
        const isOther = String(rows) !== String(this.#rows);
        this.#rows = rows;
        this.#counts = new StandingCounts(session, pool);
        this.#lookMs = Date.now() - started;
        if (!again || isOther) {
          this.#postQueue(1);
        }
        this.#postCounts();
      }
    } catch (error) {
      if (!isCancelled(error) && !looking.signal.aborted) {
        this.#postQueue(1, describeError(encodeError(error)));
      }
    }
  }

  #postQueue(share: number, fault?: string): void {
    const rows = this.#rows;
    this.#share = share;
    this.page.post({
      type: 'queue',
      queue: {
        query: this.#query,
        share,
        ...(rows === undefined ? {} : { rows }),
        ...(fault === undefined ? {} : { fault }),
      },
    });
  }

  #recount(event: SessionEvent): void {
    const { session } = this.dataset;
    if ('line' in event && session.noiseFloor === this.#noiseFloor) {
      this.#counts.update(event.line);
    } else {
      this.#counts = new StandingCounts(session, this.#counts.pool);
      this.#noiseFloor = session.noiseFloor;
    }
    this.#tellCounts();
    const isOfRewards = !['verdict', 'journal'].includes(event.type);
    if (isOfRewards && dependsOnRewards(this.#query)) {
      this.#lookAgain();
    }
  }

  /** Soon, but never all the time: a large dataset takes a while. */
  #lookAgain(): void {
    const waitMs = Math.max(LOOK_AGAIN_MS, this.#lookMs / LOOK_AGAIN_SHARE);
    this.#lookTimer ??= setTimeout(() => void this.#look(this.#share === 1), waitMs);
  }

  #tellCounts(): void {
    this.#countsTimer ??= setTimeout(() => this.#postCounts(), TELL_MS);
  }

  /** Tells what one more condition would leave; while rows are looked for, nothing new. */
  #postCounts(): void {
    clearTimeout(this.#countsTimer);
    this.#countsTimer = undefined;
    if (this.#share < 1) {
      return;
    }
    const { standings = [] } = this.#query.filter;
    const others = CONDITIONS.filter((each) => !standings.includes(each));
    const counts = others.map((each) => [each, this.#counts.count([...standings, each])]);
    this.page.post({
      type: 'conditionCounts',
      counts: Object.fromEntries(counts) as ConditionCounts,
    });
  }

  #postIndexed(): void {
    this.page.post({ type: 'indexed', indexed: toIndexedView(this.dataset) });
    this.page.post({ type: 'progress', progress: this.dataset.session.progress });
  }

  #isTimeToTell(): boolean {
    const now = Date.now();
    const isTime = now - this.#toldAt > TELL_MS;
    this.#toldAt = isTime ? now : this.#toldAt;
    return isTime;
  }

  dispose(): void {
    this.#looking.abort();
    clearTimeout(this.#countsTimer);
    clearTimeout(this.#lookTimer);
    this.#store.dispose();
  }
}
