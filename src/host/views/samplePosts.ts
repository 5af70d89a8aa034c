// Tells a page of the sample that it shows: as a whole, and what changes.

import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { ToWebview } from '../../protocol/reviewProtocol';
import type { CandidateScore } from '../../protocol/sampleParts';
import { isDecision, type JournalEntry } from '../../sample/verdict';
import type { OpenDataset } from '../sessions';
import { isAtOnceAfterBlind } from '../settings';
import type { Viewer } from '../sessionScoring';
import type { Services } from '../services';
import { shownScore, shownTextScore, shownVerdict } from './shownAnswers';
import {
  keyOf,
  mediaViews,
  sampleAt,
  shownSample,
  toSampleView,
  type ShownSample,
} from './sampleViews';

const { t } = vscode.l10n;

export interface PostTarget {
  readonly toUri: (file: string) => string;
  post(message: ToWebview): void;
}

export class SamplePosts {
  /** the answers that the page shows, by what was last posted */
  #posted: readonly string[] = [];

  constructor(
    readonly services: Services,
    readonly viewer: Viewer,
    readonly target: PostTarget,
  ) {}

  /** With its answers as they are by then. @param isWanted nothing else was asked for meanwhile */
  async show(
    { dataset, row, sample: ofFile }: ShownSample,
    takeFocus: boolean,
    isWanted: () => boolean,
  ): Promise<void> {
    const media = await mediaViews(dataset, ofFile, this.target.toUri);
    if (isWanted()) {
      const { presentations, drafts } = this.services;
      const shown = shownSample(dataset, row, ofFile);
      const how = presentations.next(this.viewer, dataset, shown.revised);
      presentations.show(this.viewer, keyOf(shown), how);
      this.mode(dataset.path);
      const sample = toSampleView(shown, media, drafts, how);
      this.#posted = textsOf(shown);
      this.target.post({ type: 'sample', sample, takeFocus });
    }
  }

  /** Its verdict is another one; what was hidden may appear, and letters may change. */
  async verdict(shown: ShownSample): Promise<void> {
    const { presentations } = this.services;
    const key = keyOf(shown);
    const before = presentations.shownTo(this.viewer, key);
    const after = presentations.next(this.viewer, shown.dataset, shown.revised);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(after)) {
      await this.show(shown, false, () => this.isShown(key));
      return;
    }
    const verdict = shown.dataset.session.verdictOf(shown.sample);
    this.target.post({ type: 'verdict', key, verdict: shownVerdict(verdict, after.order) });
  }

  /**
   * A page that does not show the sample is not told. One that shows it with other answers is sent
   * it anew, rewards included: they must not stand beside texts that they are not of.
   */
  score(shown: ShownSample): void {
    const key = keyOf(shown);
    const how = this.services.presentations.shownTo(this.viewer, key);
    if (how !== undefined && isDeepStrictEqual(textsOf(shown), this.#posted)) {
      const score = shownScore(shown.dataset.scoring.view(shown.revised), how);
      this.target.post({ type: 'score', key, score });
    }
  }

  /** How far the reward is of a text that is being written as an answer to it. */
  textScore(shown: ShownSample, text: string, score: CandidateScore): void {
    const key = keyOf(shown);
    const how = this.services.presentations.shownTo(this.viewer, key);
    if (how !== undefined) {
      this.target.post({ type: 'textScore', key, text, score: shownTextScore(score, how) });
    }
  }

  /** Says whose verdicts on the shown sample were found in the journal. */
  async arrived(dataset: OpenDataset, entries: readonly JournalEntry[]): Promise<void> {
    const { session } = dataset;
    const standing = new Set(session.journal.standing);
    for (const entry of entries.filter((each) => isDecision(each) && standing.has(each))) {
      const line = session.lineOf(entry);
      const shown = line === undefined ? undefined : await sampleAt(dataset, line);
      if (shown !== undefined && this.isShown(keyOf(shown))) {
        const text =
          entry.by === session.person
            ? t('Your verdict from another window arrived')
            : t('{0}’s verdict arrived', entry.by);
        this.target.post({ type: 'arrived', key: keyOf(shown), text });
      }
    }
  }

  mode(file: string): void {
    const mode = { ...this.services.presentations.mode(file), goesOn: isAtOnceAfterBlind() };
    this.target.post({ type: 'mode', mode });
  }

  isShown(key: string): boolean {
    return this.services.presentations.shownTo(this.viewer, key) !== undefined;
  }
}

function textsOf({ revised }: ShownSample): readonly string[] {
  return revised.sample.candidates.map(({ text }) => text);
}
