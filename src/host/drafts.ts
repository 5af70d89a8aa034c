// Ranks that are not saved yet: they survive hiding, reloading and restarting.

import type * as vscode from 'vscode';
import type { Draft } from '../protocol/reviewProtocol';
import { draftKey } from './sampleKey';

const STATE_KEY = 'drafts';
/** Drafts are few: saving or leaving a sample as it was forgets its draft. */
const MAX_DRAFTS = 500;

type Saved = Readonly<Record<string, Draft>>;

export class Drafts {
  constructor(readonly state: vscode.Memento) {}

  /**
   * @param key of the sample; the draft goes with what the sample says
   * @param candidates the webview is not trusted: a draft must fit the sample
   */
  get(key: string, candidates: number): Draft | undefined {
    const draft = this.#all()[draftKey(key)];
    return draft?.places.length === candidates ? draft : undefined;
  }

  async set(key: string, draft: Draft | undefined): Promise<void> {
    const own = draftKey(key);
    const others = Object.entries(this.#all()).filter(([other]) => other !== own);
    const kept = draft === undefined ? others : [...others, [own, draft] as const];
    await this.state.update(STATE_KEY, Object.fromEntries(kept.slice(-MAX_DRAFTS)));
  }

  #all(): Saved {
    return this.state.get<Saved>(STATE_KEY) ?? {};
  }
}
