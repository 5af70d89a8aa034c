// The decision on the sample that is shown: ranks in the making, saving them, and what came of it.

import type { Draft, ModeView, RecordBody, SampleView } from '../src/protocol/reviewProtocol';
import type { CandidateScore } from '../src/protocol/sampleParts';
import type { Verdict } from '../src/sample/verdict';
import {
  groupsFromRewards,
  isRanked,
  moveOne,
  toggleTie,
  toGroups,
  toPlaces,
  withPlace,
  type Places,
  type RankGroups,
} from '../src/sample/ranking';
import { sameDraft, sameOrder, savedDraft, toRecord } from './draft';
import { orderInWords, orderSentence } from './orderText';
import type { Requests } from './requests';
import { Saving, type SavingPage, type Then } from './saving';
import { post } from './vscodeApi';
import { letterOf, ordinal, t } from './words';

/** What decisions need of the page around them. */
export interface DecisionPage extends SavingPage {
  /** rewards closer than this have the same rank */
  readonly noiseFloor: number;
  readonly mode: ModeView;
  focusCard(index: number): void;
  /** shows the next sample */
  goOn(): void;
}

interface ModelOrder {
  /** what it follows from */
  readonly scores: readonly CandidateScore[];
  readonly noiseFloor: number;
  readonly rewards: readonly (number | null)[];
  readonly groups: RankGroups;
  readonly places: Places;
}

const NO_SCORES: readonly CandidateScore[] = [];

export class Decisions {
  draft: Draft = { places: [], allBad: false, accepted: false };
  /** what an undo took from the sample before it was saved; any other change forgets it */
  #takenBack: { readonly key: string; readonly draft: Draft } | undefined;
  /** a note that is not saved yet */
  note: string | undefined;
  readonly saving: Saving;
  /** the ranks as they were sent off to be saved */
  #sent: Draft | undefined;
  #shownAt = 0;
  #knownOrder: ModelOrder = {
    scores: NO_SCORES,
    noiseFloor: 0,
    rewards: [],
    groups: [],
    places: [],
  };

  constructor(
    readonly page: DecisionPage,
    requests: Requests,
  ) {
    this.saving = new Saving(page, requests);
  }

  /** @param before what was shown; the same sample anew changes only what is known of it */
  show(sample: SampleView, before: SampleView | undefined): void {
    if (before?.key === sample.key && sameOrder(before, sample)) {
      this.#takeAnswers(before, sample);
      this.takeVerdict({ ...sample, verdict: before.verdict }, sample.verdict);
      return;
    }
    this.draft = sample.draft ?? savedDraft(sample);
    this.note = sample.noteDraft;
    this.saving.failure = undefined;
    this.#sent = undefined;
    this.#shownAt = performance.now();
  }

  /** An answer was added, or taken back: ranks in the making stay with the others. */
  #takeAnswers(before: SampleView, sample: SampleView): void {
    const { candidates } = sample;
    if (candidates.length !== before.candidates.length) {
      const isTouched = !sameDraft(this.draft, savedDraft(before));
      const places = candidates.map((_, n) => this.draft.places[n] ?? 0);
      this.draft = { ...this.draft, places };
      if (isTouched) {
        this.#keep(sample, this.draft);
      }
    }
  }

  /** @param before the sample as it was; what is not saved yet stays */
  takeVerdict(before: SampleView, verdict: Verdict): void {
    const untouched = sameDraft(this.draft, savedDraft(before));
    const isNew = verdict.decision?.uid !== before.verdict.decision?.uid;
    const isSent =
      this.#sent !== undefined &&
      this.saving.failure === undefined &&
      sameDraft(this.draft, this.#sent);
    if (untouched || (isNew && isSent)) {
      this.draft = savedDraft({ ...before, verdict });
      this.#sent = undefined;
    }
    if (this.note === verdict.note) {
      this.note = undefined;
    }
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
    return this.#modelOrder.rewards;
  }

  /** The model's order, best first. */
  get modelGroups(): RankGroups {
    return this.#modelOrder.groups;
  }

  /** The places that the rewards give. */
  get modelPlaces(): Places {
    return this.#modelOrder.places;
  }

  /** Every card asks for it: it is made once for each score that arrives. */
  get #modelOrder(): ModelOrder {
    const scores = this.page.sample?.score.candidates ?? NO_SCORES;
    const { noiseFloor } = this.page;
    if (this.#knownOrder.scores !== scores || this.#knownOrder.noiseFloor !== noiseFloor) {
      const rewards = scores.map((score) => (score.state === 'scored' ? score.reward : null));
      // one answer has a reward and no rank
      const groups = rewards.length === 1 ? [] : groupsFromRewards(rewards, noiseFloor);
      const places = toPlaces(groups, rewards.length);
      this.#knownOrder = { scores, noiseFloor, rewards, groups, places };
    }
    return this.#knownOrder;
  }

  /** Gives a candidate a place (0: none) and goes to the next one without. */
  rank(candidate: number, place: number): void {
    const count = this.draft.places.length;
    if (candidate >= count) {
      return;
    }
    if (place > count) {
      this.page.say(
        count === 1 ? t('There is only one answer.') : t('There are only {0} answers.', count),
      );
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
    this.page.say(orderSentence(places));
  }

  /** Takes the model's order; recorded as accepted, not as a vote, unless it is changed after. */
  accept(): void {
    if (this.page.sample?.blind === true) {
      this.page.say(t('Blind: the model’s order appears after you save.'));
      return;
    }
    const places = this.modelPlaces;
    if (!isRanked(places)) {
      this.page.say(
        places.length === 1 ? t('One answer has no order.') : t('No rewards to accept yet.'),
      );
      return;
    }
    this.#setDraft({ places: [...places], allBad: false, accepted: true });
    this.page.say(t('The model’s order: {0}. Not counted as your own vote.', orderInWords(places)));
  }

  toggleAllBad(): void {
    const allBad = !this.draft.allBad;
    this.#setDraft({ places: this.draft.places.map(() => 0), allBad, accepted: false });
    this.page.say(
      this.draft.places.length === 1
        ? allBad
          ? t('Bad.')
          : t('Not bad.')
        : allBad
          ? t('All bad.')
          : t('Not all bad.'),
    );
  }

  #decide(places: Places): void {
    this.#setDraft({ places: [...places], allBad: false, accepted: false });
  }

  /** Takes back ranks that are not saved; without any, the person's last action on any sample. */
  undo(): void {
    const { sample } = this.page;
    const own = this.draft;
    if (sample === undefined || this.saving.isUnderWay || sameDraft(own, savedDraft(sample))) {
      this.saving.takeBack('undo');
      return;
    }
    this.#setDraft(savedDraft(sample));
    this.#takenBack = { key: sample.key, draft: own };
    this.page.say(t('Taken back: what was not saved here.'));
  }

  redo(): void {
    const { sample } = this.page;
    const { key, draft } = this.#takenBack ?? {};
    if (draft === undefined || key !== sample?.key) {
      this.saving.takeBack('redo');
      return;
    }
    this.#setDraft(draft);
    this.page.say(orderSentence(draft.places));
  }

  #setDraft(draft: Draft): void {
    this.#takenBack = undefined;
    this.draft = draft;
    const { sample } = this.page;
    if (sample !== undefined) {
      const unchanged = sameDraft(draft, savedDraft(sample));
      this.#keep(sample, unchanged ? undefined : draft);
    }
    this.page.changed();
  }

  #keep({ key, blind, shown }: SampleView, draft: Draft | undefined): void {
    post({
      type: 'draft',
      key,
      blind,
      shown: [...shown],
      ...(draft === undefined ? {} : { draft }),
    });
  }

  /** Saving shows what is hidden; the next sample comes after that. */
  get reveals(): boolean {
    return this.page.sample?.blind === true && !this.page.mode.goesOn;
  }

  /**
   * Saves the decision and goes to the next sample once it is on disk. A blind sample is revealed
   * first.
   */
  saveAndNext(): void {
    const { sample } = this.page;
    const body = sample && toRecord(this.draft, sample, performance.now() - this.#shownAt);
    if (body === undefined) {
      this.page.say(t('Nothing to save: rank an answer, or say that all are bad.'));
    } else if (this.isSaved && sample?.verdict.editedSince === undefined) {
      this.page.goOn();
    } else if (this.draft.accepted && !this.#isModelOrder(this.draft.places)) {
      // by another model, or after an edit
      this.#setDraft({ places: this.draft.places.map(() => 0), allBad: false, accepted: false });
      this.page.say(t('The model’s order has changed since you accepted it. Look at it again.'));
    } else {
      this.#record(body, this.reveals ? 'reveal' : 'next');
    }
  }

  #isModelOrder(places: Places): boolean {
    return JSON.stringify(toGroups(places)) === JSON.stringify(toGroups(this.modelPlaces));
  }

  skip(): void {
    this.#record({ kind: 'skip' }, 'next');
  }

  toggleFlag(): void {
    this.#record({ kind: 'flag', on: this.page.sample?.verdict.flagged !== true }, 'stay');
  }

  get noteText(): string {
    return this.note ?? this.page.sample?.verdict.note ?? '';
  }

  /** The note as it is typed survives whatever happens to the page. */
  keepNote(text: string): void {
    const { sample } = this.page;
    if (sample !== undefined) {
      this.note = text === sample.verdict.note ? undefined : text;
      post({
        type: 'noteDraft',
        key: sample.key,
        ...(this.note === undefined ? {} : { text: this.note }),
      });
    }
  }

  saveNote(text: string): void {
    this.keepNote(text);
    if (this.note !== undefined) {
      this.#record({ kind: 'note', text }, 'stay');
    }
  }

  /** Saves an answer that was edited, or written. */
  saveAnswer(body: Extract<RecordBody, { kind: 'edit' | 'add' }>): void {
    this.#record(body, 'stay');
  }

  /** Takes back the last change of one answer. */
  undoChange(candidate: number): void {
    const { sample } = this.page;
    if (sample !== undefined) {
      this.saving.undoChange(sample, candidate);
    }
  }

  #record(body: RecordBody, then: Then): void {
    const { sample } = this.page;
    if (sample !== undefined) {
      if (body.kind === 'rank' || body.kind === 'allBad' || body.kind === 'skip') {
        this.#sent = this.draft; // what stands in the journal afterwards replaces it
      }
      this.saving.record(sample.key, body, then);
    }
  }

  /** Does again what could not be saved; ranks as they are now. */
  retry(): void {
    const action = this.saving.failure?.action;
    const isVote =
      action?.kind === 'record' && (action.body.kind === 'rank' || action.body.kind === 'allBad');
    if (isVote && action.key === this.page.sample?.key) {
      this.saving.failure = undefined;
      this.saveAndNext();
      this.page.changed();
    } else {
      this.saving.retry();
    }
  }

  /** Has the person choose another folder for the journal, and does it again there. */
  saveElsewhere(): void {
    this.saving.moveJournal(() => this.retry());
  }
}
