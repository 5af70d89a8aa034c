// The answer that is being edited or written, and its reward while the typing pauses.

import type { SampleView } from '../src/protocol/reviewProtocol';
import {
  MAX_ANSWER_LENGTH,
  type AnswerDraft,
  type CandidateScore,
} from '../src/protocol/sampleParts';
import { groupsFromRewards, toPlaces } from '../src/sample/ranking';
import type { Decisions } from './decisions';
import { sameOrder } from './draft';
import { post } from './vscodeApi';
import { letterOf, ordinal, rewardText, t } from './words';

/** The person has stopped typing. */
const PAUSE_MS = 600;

const NO_SCORE: CandidateScore = { state: 'none' };

/** What editing needs of the page around it. */
export interface EditingPage {
  readonly sample: SampleView | undefined;
  readonly readOnly: boolean;
  readonly decisions: Decisions;
  /** rewards closer than this share a place */
  readonly noiseFloor: number;
  say(text: string): void;
  focusCard(index: number): void;
  /** redraws */
  changed(): void;
}

export class Editing {
  /** `candidate` is absent for a new answer */
  draft: AnswerDraft | undefined;
  /** of the text as it was when the typing last paused */
  live: { readonly text: string; readonly score: CandidateScore } | undefined;
  /** on its way to the disk, or there already */
  #sent: AnswerDraft | undefined;
  /** of the sample that is shown, without the one that is open */
  #others: readonly AnswerDraft[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly page: EditingPage) {}

  /** @param before what was shown */
  show(sample: SampleView, before: SampleView | undefined): void {
    if (before?.key !== sample.key) {
      this.#stop();
      this.draft = undefined;
      this.#others = sample.answerDrafts;
    } else if (!sameOrder(before, sample)) {
      this.#follow(before, sample);
    } else if (this.draft !== undefined && this.#isSaved(sample, before)) {
      const { candidate = sample.candidates.length - 1 } = this.draft;
      this.#forget();
      this.page.focusCard(candidate);
    } else {
      if ((this.draft?.candidate ?? -1) >= sample.candidates.length) {
        this.#forget(); // that answer was taken back
      }
      this.#others = this.#others.filter(
        ({ candidate = -1 }) => candidate < sample.candidates.length,
      );
    }
    if (this.draft !== undefined) {
      // by another model, with other options, or shown at last: what the reward was no longer holds
      this.#stop();
      this.#scoreSoon();
    }
  }

  /** The answers stand in another order: what is being written goes with its answer. */
  #follow(before: SampleView, sample: SampleView): void {
    const { candidate, text = '' } = this.draft ?? {};
    const own = before.shown[candidate ?? -1] ?? -1;
    const at = candidate === undefined ? undefined : sample.shown.indexOf(own);
    if (at === -1) {
      this.#forget(); // that answer was taken back
    } else if (at !== undefined) {
      this.draft = { candidate: at, text };
    }
    this.#others = sample.answerDrafts.filter((draft) => !this.isOpen(draft.candidate));
  }

  /** What was typed is what now stands in the journal, and did not before. */
  #isSaved({ candidates }: SampleView, before: SampleView): boolean {
    const { candidate, text = '' } = this.draft ?? {};
    return candidate === undefined
      ? candidates.length > before.candidates.length && candidates.at(-1)?.text === text
      : candidates[candidate]?.text === text && before.candidates[candidate]?.text !== text;
  }

  /** There is a text that was left without being saved. @param candidate `undefined`: a new one */
  isLeft(candidate: number | undefined): boolean {
    return this.#others.some((draft) => draft.candidate === candidate);
  }

  isOpen(candidate: number | undefined): boolean {
    return this.draft !== undefined && this.draft.candidate === candidate;
  }

  /** @param candidate `undefined` writes a new answer */
  open(candidate: number | undefined): void {
    const { sample, readOnly } = this.page;
    if (sample === undefined || this.isOpen(candidate)) {
      return;
    }
    if (readOnly) {
      this.page.say(t('Saving is off in Restricted Mode.'));
      return;
    }
    this.leave();
    const left = this.#others.find((draft) => draft.candidate === candidate);
    const saved = candidate === undefined ? '' : (sample.candidates[candidate]?.text ?? '');
    this.#others = this.#others.filter((draft) => draft !== left);
    this.draft = left ?? { ...(candidate === undefined ? {} : { candidate }), text: saved };
    this.#scoreSoon();
    this.page.changed();
  }

  /** The text as it is typed survives whatever happens to the page. */
  type(typed: string): void {
    if (this.draft === undefined) {
      return;
    }
    const text = typed.toWellFormed();
    const { isChanged, score } = this;
    this.draft = { ...this.draft, text };
    if (this.isChanged !== isChanged || this.score !== score) {
      this.page.changed(); // a reward never stands beside a text that it is not of
    }
    if (text.length > MAX_ANSWER_LENGTH) {
      clearTimeout(this.#timer);
      this.#sayTooLong();
      return;
    }
    this.#keep(this.isChanged ? text : undefined);
    this.#scoreSoon();
  }

  #sayTooLong(): void {
    const most = MAX_ANSWER_LENGTH.toLocaleString();
    this.page.say(t('Too long: an answer has at most {0} characters.', most));
  }

  /** It says something else than what is saved. */
  get isChanged(): boolean {
    return this.draft !== undefined && this.draft.text !== this.savedText;
  }

  /** What is saved of the answer that is open. */
  get savedText(): string {
    const { candidate } = this.draft ?? {};
    return candidate === undefined ? '' : (this.page.sample?.candidates[candidate]?.text ?? '');
  }

  #keep(text: string | undefined): void {
    const { sample } = this.page;
    const { candidate } = this.draft ?? {};
    if (sample !== undefined) {
      post({
        type: 'answerDraft',
        key: sample.key,
        ...(candidate === undefined ? {} : { candidate }),
        shown: [...sample.shown],
        ...(text === undefined ? {} : { text }),
      });
    }
  }

  /** Saves it. It stays open until it is on disk. */
  save(): void {
    const { draft } = this;
    const { sample } = this.page;
    if (draft === undefined || sample === undefined) {
      return;
    }
    const { candidate, text } = draft;
    const shown = [...sample.shown];
    if (!this.isChanged) {
      this.discard();
    } else if (text.trim() === '') {
      this.page.say(t('An answer needs some text.'));
    } else if (text.length > MAX_ANSWER_LENGTH) {
      this.#sayTooLong();
    } else if (draft !== this.#sent || this.page.decisions.saving.failure !== undefined) {
      this.#sent = draft;
      this.page.decisions.saveAnswer(
        candidate === undefined ? { kind: 'add', text } : { kind: 'edit', candidate, shown, text },
      );
    }
  }

  /** Leaves it. What is not saved stays for later. */
  leave(): void {
    const { draft } = this;
    if (draft === undefined) {
      return;
    }
    if (this.isChanged) {
      this.#others = [...this.#others, draft];
    }
    this.#close();
  }

  /** Leaves it as it is saved. */
  discard(): void {
    this.#keep(undefined);
    this.#close();
  }

  #forget(): void {
    this.#stop();
    this.draft = undefined;
  }

  #close(): void {
    const { candidate } = this.draft ?? {};
    const last = (this.page.sample?.candidates.length ?? 1) - 1;
    this.#forget();
    this.page.focusCard(candidate ?? last);
    this.page.changed();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    if (this.live?.score.state === 'scoring') {
      post({ type: 'cancelText' });
    }
    this.live = undefined;
  }

  #scoreSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  /** Asks for the reward of what is written, unless that is what is saved. */
  #ask(): void {
    const { sample } = this.page;
    const { text = '' } = this.draft ?? {};
    if (sample === undefined || text === this.live?.text) {
      return;
    }
    this.#stop();
    // a blind sample shows none
    const isOne = text.trim() !== '' && text.length <= MAX_ANSWER_LENGTH;
    if (this.isChanged && isOne && !sample.blind) {
      post({ type: 'scoreText', key: sample.key, text });
    }
    this.page.changed();
  }

  /** The person does not want to wait. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#stop();
    this.page.changed();
  }

  take(key: string, text: string, score: CandidateScore): void {
    if (this.page.sample?.key !== key || this.draft?.text !== text || !this.isChanged) {
      return;
    }
    this.live = { text, score };
    if (score.state === 'scored') {
      this.page.say(this.#rewardWords(score.reward));
    }
  }

  /** "C scored 3.41, was 3.12, model’s 3rd." */
  #rewardWords(reward: number): string {
    const { rewards } = this.page.decisions;
    const index = this.draft?.candidate ?? rewards.length;
    const all = [...rewards.slice(0, index), reward, ...rewards.slice(index + 1)];
    const place = toPlaces(groupsFromRewards(all, this.page.noiseFloor), all.length)[index] ?? 0;
    const was = this.savedReward;
    if (all.length === 1) {
      return t('{0} scored {1}.', letterOf(index), rewardText(reward));
    }
    const [letter, text, rank] = [letterOf(index), rewardText(reward), ordinal(place)];
    return was === null
      ? t('{0} scored {1}, model’s {2}.', letter, text, rank)
      : t('{0} scored {1}, was {2}, model’s {3}.', letter, text, rewardText(was), rank);
  }

  /** How far the reward is of just what is written. */
  get score(): CandidateScore {
    const { live, draft } = this;
    return live?.text === draft?.text && live !== undefined ? live.score : NO_SCORE;
  }

  /** The reward of what is saved of the answer that is open. */
  get savedReward(): number | null {
    return this.page.decisions.rewards[this.draft?.candidate ?? -1] ?? null;
  }
}
