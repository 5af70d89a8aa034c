// The decision on the sample that is shown: ranks in the making, saving them, and what came of it.

import type { Draft, RecordBody, SampleView } from '../src/protocol/reviewProtocol';
import type { Verdict } from '../src/sample/verdict';
import {
  groupsFromRewards,
  isRanked,
  moveOne,
  toggleTie,
  toPlaces,
  withPlace,
  type Places,
} from '../src/sample/ranking';
import { sameDraft, savedDraft, toRecord } from './draft';
import { post } from './vscodeApi';
import { letterOf, ordinal, t } from './words';

export type Saving =
  | { readonly state: 'idle' }
  /** `decision`: what stands in the journal afterwards replaces the draft */
  | { readonly state: 'saving'; readonly request: number; readonly decision: boolean }
  | { readonly state: 'failed'; readonly text: string };

/** What decisions need of the page around them. */
export interface DecisionPage {
  readonly sample: SampleView | undefined;
  readonly readOnly: boolean;
  say(text: string): void;
  focusCard(index: number): void;
  /** redraws */
  changed(): void;
  next(): void;
}

export class Decisions {
  draft: Draft = { places: [], allBad: false, accepted: false };
  saving: Saving = { state: 'idle' };
  #shownAt = 0;
  #requests = 0;
  /** the request after which the next sample is shown */
  #goOnAfter: number | undefined;

  constructor(readonly page: DecisionPage) {}

  /** Another sample is shown, or the same one anew. */
  show(sample: SampleView, another: boolean): void {
    this.draft = sample.draft ?? savedDraft(sample);
    if (another) {
      this.saving = { state: 'idle' };
      this.#shownAt = performance.now();
    }
  }

  /** @param before the sample as it was; the draft stays if it was touched */
  takeVerdict(before: SampleView, verdict: Verdict): void {
    const touched = !sameDraft(this.draft, savedDraft(before));
    // ranks that are not saved yet stay, whatever arrives
    if (!touched || (this.saving.state === 'saving' && this.saving.decision)) {
      this.draft = savedDraft({ ...before, verdict });
    }
  }

  /** @returns whether this was the answer that was waited for */
  onSaved(request: number): boolean {
    if (this.saving.state !== 'saving' || this.saving.request !== request) {
      return false;
    }
    this.saving = { state: 'idle' };
    if (this.#goOnAfter === request) {
      this.#goOnAfter = undefined;
      this.page.next();
    }
    return true;
  }

  onFailed(text: string): void {
    this.#goOnAfter = undefined;
    this.saving = { state: 'failed', text };
  }

  /** A decision is being saved, and then the next sample is shown. */
  get goesOn(): boolean {
    return this.#goOnAfter !== undefined;
  }

  /** The decision shown is what is on disk. */
  get isSaved(): boolean {
    const { sample } = this.page;
    return (
      sample?.verdict.decision !== undefined &&
      !sample.verdict.stale &&
      sameDraft(this.draft, savedDraft(sample))
    );
  }

  /** Rewards by candidate; `null` where there is none. */
  get rewards(): readonly (number | null)[] {
    return (
      this.page.sample?.score.candidates.map((score) =>
        score.state === 'scored' ? score.reward : null,
      ) ?? []
    );
  }

  /** The places that the rewards give. */
  get modelPlaces(): Places {
    return toPlaces(groupsFromRewards(this.rewards), this.rewards.length);
  }

  /** Gives a candidate a place (0: none) and goes to the next one without. */
  rank(candidate: number, place: number): void {
    if (candidate >= this.draft.places.length) {
      return;
    }
    this.#decide(withPlace(this.draft.places, candidate, place));
    this.page.say(
      place === 0
        ? t('{0} not ranked.', letterOf(candidate))
        : `${letterOf(candidate)} ${ordinal(place)}.`,
    );
    const after = this.draft.places.findIndex((own, index) => own === 0 && index > candidate);
    const open = after < 0 ? this.draft.places.indexOf(0) : after;
    if (place > 0 && open >= 0) {
      this.page.focusCard(open);
    }
  }

  move(candidate: number, step: -1 | 1): void {
    this.setPlaces(moveOne(this.draft.places, candidate, step));
  }

  tie(candidate: number): void {
    this.setPlaces(toggleTie(this.draft.places, candidate));
  }

  setPlaces(places: Places): void {
    this.#decide(places);
    this.page.say(t('Your order: {0}.', orderInWords(places)));
  }

  /** Takes the model's order; recorded as accepted, not as a vote, unless it is changed after. */
  accept(): void {
    const places = this.modelPlaces;
    if (!isRanked(places)) {
      this.page.say(t('No rewards to accept yet.'));
      return;
    }
    this.#setDraft({ places: [...places], allBad: false, accepted: true });
    this.page.say(t('The model’s order: {0}. Not counted as your own vote.', orderInWords(places)));
  }

  toggleAllBad(): void {
    const allBad = !this.draft.allBad;
    this.#setDraft({ places: this.draft.places.map(() => 0), allBad, accepted: false });
    this.page.say(allBad ? t('All bad.') : t('Not all bad.'));
  }

  #decide(places: Places): void {
    this.#setDraft({ places: [...places], allBad: false, accepted: false });
  }

  #setDraft(draft: Draft): void {
    this.draft = draft;
    const { sample } = this.page;
    if (sample !== undefined) {
      const unchanged = sameDraft(draft, savedDraft(sample));
      post({ type: 'draft', key: sample.key, ...(unchanged ? {} : { draft }) });
    }
    this.page.changed();
  }

  /** Saves the decision and goes to the next sample once it is on disk. */
  saveAndNext(): void {
    const body = toRecord(this.draft, performance.now() - this.#shownAt);
    if (body === undefined) {
      this.page.say(t('Nothing to save: rank an answer, or say that all are bad.'));
    } else if (this.isSaved) {
      this.page.next();
    } else {
      this.#record(body, true);
    }
  }

  skip(): void {
    this.#record({ kind: 'skip' }, true);
  }

  toggleFlag(): void {
    const { sample } = this.page;
    if (sample !== undefined) {
      const on = !sample.verdict.flagged;
      this.page.say(on ? t('Flagged.') : t('Not flagged.'));
      this.#record({ kind: 'flag', on }, false);
    }
  }

  saveNote(text: string): void {
    if (text !== this.page.sample?.verdict.note) {
      this.#record({ kind: 'note', text }, false);
    }
  }

  #record(body: RecordBody, goOn: boolean): void {
    const { sample, readOnly } = this.page;
    if (sample === undefined) {
      return;
    }
    if (readOnly) {
      this.page.say(t('Saving is off in Restricted Mode.'));
      return;
    }
    this.#requests += 1;
    const decision = body.kind !== 'flag' && body.kind !== 'note';
    this.saving = { state: 'saving', request: this.#requests, decision };
    if (goOn) {
      this.#goOnAfter = this.#requests;
    }
    post({ type: 'record', key: sample.key, request: this.#requests, body });
    this.page.changed();
  }
}

/** "B, then A and C" */
function orderInWords(places: Places): string {
  const used = [...new Set(places)].filter((place) => place > 0).sort((a, b) => a - b);
  return used
    .map((place) =>
      places.flatMap((own, n) => (own === place ? [letterOf(n)] : [])).join(t(' and ')),
    )
    .join(t(', then '));
}
