// What is not saved yet, ranks and notes: it survives hiding, reloading and restarting.

import type * as vscode from 'vscode';
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
  /** blind samples that were revealed before they were judged */
  readonly seen: Kept<true>;

  constructor(state: vscode.Memento) {
    this.ranks = new Kept(state, 'drafts');
    this.notes = new Kept(state, 'noteDrafts');
    this.seen = new Kept(state, 'seen');
  }
}
