// How samples are shown: with or without sources and rewards, and in which order.

import type * as vscode from 'vscode';
import { Emitter } from '../base/emitter';
import { sampleHash } from '../review/sampleHash';
import { fileOrder, recordedOrder, shuffledOrder, type ShownOrder } from '../review/shownOrder';
import type { RevisedSample } from '../sample/revision';
import type { Sample } from '../sample/sample';
import { isJudged, type Verdict } from '../sample/verdict';
import type { Drafts } from './drafts';
import { draftKey, sampleKey } from './sampleKey';
import type { OpenDataset } from './sessions';
import type { Viewer } from './sessionScoring';

/** How samples of a dataset are shown that have no ranks yet. */
export interface Mode {
  readonly blind: boolean;
  readonly shuffle: boolean;
}

export interface Presentation {
  /** sources and rewards are hidden */
  readonly blind: boolean;
  readonly order: ShownOrder;
}

const OPEN: Mode = { blind: false, shuffle: false };

export class Presentations {
  /** path of a dataset whose mode has changed */
  readonly onChange = new Emitter<string>();
  /** what each viewer shows */
  readonly #shown = new Map<Viewer, { readonly key: string; readonly how: Presentation }>();
  /** samples whose sources and rewards were shown in this window */
  readonly #seen = new Set<string>();

  /**
   * @param state where modes are kept
   * @param goesOn a blind verdict shows nothing of its own sample, but the next one
   * @param startedAt of the window, milliseconds since 1970
   */
  constructor(
    readonly state: vscode.Memento,
    readonly drafts: Drafts,
    readonly goesOn: () => boolean,
    readonly startedAt = Date.now(),
  ) {}

  mode(file: string): Mode {
    return this.state.get<Mode>(modeKey(file)) ?? OPEN;
  }

  /** Counts from the next sample that has no ranks. @param change what is not named stays */
  async setMode(file: string, change: Partial<Mode>): Promise<void> {
    await this.state.update(modeKey(file), { ...this.mode(file), ...change });
    this.onChange.fire(file);
  }

  /**
   * How a viewer is to show a sample. A sample that it shows already stays as it is, save that
   * hidden rewards appear once it is judged; ranks that were begun go on as they were.
   */
  next(viewer: Viewer, dataset: OpenDataset, revised: RevisedSample): Presentation {
    const { path, session } = dataset;
    const sample = revised.file;
    const key = sampleKey(path, sample);
    const verdict = session.verdictOf(sample);
    const stays = this.shownTo(viewer, key);
    const draft = this.drafts.ranks.get(key);
    const mode = this.mode(path);
    const hidden = (stays ?? draft ?? mode).blind && !this.isSeen(dataset, sample);
    const mayStayHidden = !isJudged(verdict) || (stays !== undefined && this.goesOn());
    const { decision, stale } = verdict;
    const recorded =
      decision?.kind === 'rank' && !stale ? decision.shown : (stays?.order ?? draft?.shown);
    const inFile = sample.candidates.length;
    const fresh = (): ShownOrder =>
      mode.shuffle
        ? shuffledOrder([draftKey(key), session.person].join('\0'), inFile)
        : fileOrder(inFile);
    // answers that were added follow those of the file
    const order = recordedOrder(recorded ?? fresh(), revised.sample.candidates.length);
    return { blind: hidden && mayStayHidden, order };
  }

  /** A viewer shows a sample from now on. */
  show(viewer: Viewer, key: string, how: Presentation): void {
    this.#shown.set(viewer, { key, how });
    if (!how.blind) {
      this.#seen.add(draftKey(key));
    }
  }

  /** How a viewer shows a sample; `undefined` when it does not. */
  shownTo(viewer: Viewer, key: string): Presentation | undefined {
    const shown = this.#shown.get(viewer);
    return shown?.key === key ? shown.how : undefined;
  }

  /** The viewer shows nothing any more. */
  forget(viewer: Viewer): void {
    this.#shown.delete(viewer);
  }

  /** The person asked for what is hidden: the verdict is not blind any more. */
  async reveal(key: string): Promise<void> {
    this.#seen.add(draftKey(key));
    await this.drafts.seen.set(key, true);
  }

  /**
   * The person may know sources and rewards of a sample. A judgement of an earlier time counts,
   * too, also one that does not stand any more: what was shown with it and after it is not known.
   */
  isSeen({ path, session }: OpenDataset, sample: Sample): boolean {
    const key = sampleKey(path, sample);
    return (
      this.#seen.has(draftKey(key)) ||
      this.drafts.seen.get(key) === true ||
      session.journal.judgedBefore(session.person, sampleHash(sample), this.startedAt)
    );
  }

  /**
   * The queue must not tell sources and rewards of a sample. Where a blind verdict shows nothing,
   * they stay hidden after it, too: it may be undone, and the next one is blind again.
   */
  isHidden(dataset: OpenDataset, sample: Sample, verdict: Verdict): boolean {
    if (isJudged(verdict)) {
      const { decision } = verdict;
      const wasBlind = decision?.kind === 'rank' ? decision.blind : this.mode(dataset.path).blind;
      return wasBlind && this.goesOn() && !this.isSeen(dataset, sample);
    }
    const key = sampleKey(dataset.path, sample);
    const isShownBlind = [...this.#shown.values()].some(
      (shown) => shown.key === key && shown.how.blind,
    );
    const { blind } = this.drafts.ranks.get(key) ?? this.mode(dataset.path);
    return (blind || isShownBlind) && !this.isSeen(dataset, sample);
  }
}

function modeKey(file: string): string {
  return `mode:${file}`;
}
