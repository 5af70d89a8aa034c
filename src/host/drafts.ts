// What is not saved yet, ranks, notes and answers: it survives hiding, reloading and restarting.

import type * as vscode from 'vscode';
import type { AnswerDraft } from '../protocol/sampleParts';
import { draftKey } from './sampleKey';

/** Drafts are few: saving or leaving a sample as it was forgets its draft. */
const MAX_DRAFTS = 500;

/** Ranks in the making. */
export interface KeptDraft {
  /** by the file's indices, from 1; 0 is not ranked */
  readonly places: readonly number[];
  readonly allBad: boolean;
  readonly accepted: boolean;
  /** the order in which the answers are shown, which stays */
  readonly shown: readonly number[];
  /** made without sources and rewards */
  readonly blind: boolean;
}

/** One draft for each sample; it goes with what the sample says. */
class Kept<T> {
  constructor(
    readonly state: vscode.Memento,
    readonly name: string,
  ) {}

  /** @param key of the sample */
  get(key: string): T | undefined {
    return this.#all()[draftKey(key)];
  }

  /** @param draft `undefined` forgets it */
  async set(key: string, draft: T | undefined): Promise<void> {
    const own = draftKey(key);
    const others = Object.entries(this.#all()).filter(([other]) => other !== own);
    const kept = draft === undefined ? others : [...others, [own, draft] as const];
    await this.state.update(this.name, Object.fromEntries(kept.slice(-MAX_DRAFTS)));
  }

  #all(): Readonly<Record<string, T>> {
    return this.state.get<Readonly<Record<string, T>>>(this.name) ?? {};
  }
}

export class Drafts {
  readonly ranks: Kept<KeptDraft>;
  readonly notes: Kept<string>;
  /** by the file's indices */
  readonly answers: Kept<readonly AnswerDraft[]>;
  /** blind samples that were revealed before they were judged */
  readonly seen: Kept<true>;

  constructor(state: vscode.Memento) {
    this.ranks = new Kept(state, 'drafts');
    this.notes = new Kept(state, 'noteDrafts');
    this.answers = new Kept(state, 'answerDrafts');
    this.seen = new Kept(state, 'seen');
  }

  /**
   * Keeps an answer that is being written.
   * @param candidate its index in the file, or after it; `undefined` for a new one
   * @param text `undefined` forgets it
   */
  async setAnswer(
    key: string,
    candidate: number | undefined,
    text: string | undefined,
  ): Promise<void> {
    const others = (this.answers.get(key) ?? []).filter((draft) => draft.candidate !== candidate);
    const own = candidate === undefined ? {} : { candidate };
    const all = text === undefined ? others : [...others, { ...own, text }];
    await this.answers.set(key, all.length === 0 ? undefined : all);
  }
}
