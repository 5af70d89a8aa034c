// The state of the page and everything that changes it. Components read it and call its actions.

import type {
  EngineView,
  FollowedView,
  NoticeView,
  ProgressView,
  RecordBody,
  RowView,
  SampleView,
  SectionView,
  Surface,
  ToWebview,
} from '../src/protocol/reviewProtocol';
import {
  groupsFromRewards,
  isRanked,
  moveOne,
  toggleTie,
  toPlaces,
  withPlace,
  type Places,
} from '../src/sample/ranking';
import { sameDraft, savedDraft, toRecord, type Draft } from './draft';
import { loadState, post, saveState } from './vscodeApi';
import { letterOf, ordinal, setLanguage, t } from './words';

/** What the page remembers over hiding, reloading and restarting. */
interface SavedState {
  readonly drafts?: Readonly<Record<string, Draft>>;
  readonly queueOpen?: boolean;
}

export type Saving =
  | { readonly state: 'idle' }
  /** `decision`: what stands in the journal afterwards replaces the draft */
  | { readonly state: 'saving'; readonly request: number; readonly decision: boolean }
  | { readonly state: 'failed'; readonly text: string };

const NO_PROGRESS: ProgressView = { reviewed: 0, skipped: 0, flagged: 0, total: 0 };

export class ReviewStore extends EventTarget {
  surface: Surface = 'editor';
  keys = true;
  name = '';
  rowCount = 0;
  readOnly = false;
  progress = NO_PROGRESS;
  readonly rows = new Map<number, RowView>();
  sample: SampleView | undefined;
  broken: { readonly row: RowView; readonly fault: string } | undefined;
  draft: Draft = { places: [], allBad: false, accepted: false };
  saving: Saving = { state: 'idle' };
  /** the card with focus */
  focused = 0;
  queueOpen = true;
  noteOpen = false;
  keysOpen = false;
  engine: EngineView = { state: 'stopped', text: '' };
  notices: readonly NoticeView[] = [];
  followed: FollowedView | undefined;
  sections: readonly SectionView[] = [];
  /** words for the polite and the assertive live region */
  said = '';
  alerted = '';
  /** the page has been told what to show */
  loaded = false;
  #drafts: Record<string, Draft>;
  #shownAt = 0;
  #requests = 0;
  #goOnAfter: number | undefined;

  constructor() {
    super();
    const saved = (loadState() ?? {}) as SavedState;
    this.#drafts = { ...saved.drafts };
    this.queueOpen = saved.queueOpen ?? true;
  }

  receive(message: ToWebview): void {
    switch (message.type) {
      case 'init':
        this.surface = message.surface;
        this.keys = message.keys;
        setLanguage(message.language, message.strings);
        break;
      case 'dataset':
        this.name = message.name;
        this.rowCount = message.rows;
        this.progress = message.progress;
        this.readOnly = message.readOnly;
        this.rows.clear();
        break;
      case 'rows':
        for (const row of message.rows) {
          this.rows.set(row.row, row);
        }
        break;
      case 'progress':
        this.progress = message.progress;
        break;
      case 'sample':
        this.#show(message.sample, message.takeFocus);
        break;
      case 'brokenRow':
        this.sample = undefined;
        this.broken = message;
        this.loaded = true;
        break;
      case 'score':
        if (this.sample?.key === message.key) {
          this.sample = { ...this.sample, score: message.score };
        }
        break;
      case 'verdict':
        this.#takeVerdict(message);
        break;
      case 'saved':
        this.#onSaved(message.key, message.request);
        break;
      case 'saveFailed':
        this.#goOnAfter = undefined;
        this.saving = { state: 'failed', text: message.text };
        this.alerted = t('Not saved. {0}', message.text);
        break;
      case 'say':
        this.said = message.text;
        break;
      case 'engine':
        this.engine = message.engine;
        break;
      case 'notices':
        this.notices = message.notices;
        break;
      case 'followed':
        this.followed = message.file;
        this.sections = message.sections;
        this.loaded = true;
        if (!message.sections.some((section) => section.key === this.sample?.key)) {
          this.sample = undefined;
        }
        break;
    }
    this.#changed();
  }

  #show(sample: SampleView, takeFocus: boolean): void {
    const same = this.sample?.key === sample.key;
    this.sample = sample;
    this.broken = undefined;
    this.loaded = true;
    this.draft = this.#drafts[sample.key] ?? savedDraft(sample);
    if (!same) {
      this.focused = 0;
      this.noteOpen = false;
      this.saving = { state: 'idle' };
      this.#shownAt = performance.now();
    }
    if (takeFocus) {
      this.#focusCard(0);
    }
  }

  #takeVerdict({ key, verdict }: Extract<ToWebview, { type: 'verdict' }>): void {
    this.sections = this.sections.map((section) =>
      section.key === key
        ? { ...section, decided: verdict.decision !== undefined && !verdict.stale }
        : section,
    );
    if (this.sample?.key !== key) {
      return;
    }
    const touched = !sameDraft(this.draft, savedDraft(this.sample));
    this.sample = { ...this.sample, verdict };
    // ranks that are not saved yet stay, whatever arrives
    if (!touched || (this.saving.state === 'saving' && this.saving.decision)) {
      this.#setDraft(savedDraft(this.sample));
    }
  }

  #onSaved(key: string, request: number): void {
    if (this.saving.state === 'saving' && this.saving.request === request) {
      this.saving = { state: 'idle' };
      const goOn = this.#goOnAfter === request;
      this.#goOnAfter = undefined;
      this.said =
        this.surface === 'editor' && this.sample !== undefined
          ? t('Saved. Sample {0} of {1}.', this.sample.row + 1, this.rowCount)
          : t('Saved.');
      if (goOn && this.sample?.key === key) {
        this.next();
      }
    }
  }

  /** The decision shown is what is on disk. */
  get isSaved(): boolean {
    return (
      this.sample?.verdict.decision !== undefined &&
      !this.sample.verdict.stale &&
      sameDraft(this.draft, savedDraft(this.sample))
    );
  }

  /** Rewards by candidate; `null` where there is none. */
  get rewards(): readonly (number | null)[] {
    return (
      this.sample?.score.candidates.map((score) =>
        score.state === 'scored' ? score.reward : null,
      ) ?? []
    );
  }

  /** The places that the rewards give. */
  get modelPlaces(): Places {
    return toPlaces(groupsFromRewards(this.rewards), this.rewards.length);
  }

  rank(candidate: number, place: number): void {
    if (candidate >= this.draft.places.length) {
      return;
    }
    this.#decide(withPlace(this.draft.places, candidate, place));
    this.said =
      place === 0
        ? t('{0} not ranked.', letterOf(candidate))
        : `${letterOf(candidate)} ${ordinal(place)}.`;
    const next = this.draft.places.findIndex((own, index) => own === 0 && index > candidate);
    const first = next < 0 ? this.draft.places.indexOf(0) : next;
    if (place > 0 && first >= 0) {
      this.#focusCard(first);
    }
    this.#changed();
  }

  move(candidate: number, step: -1 | 1): void {
    this.setPlaces(moveOne(this.draft.places, candidate, step));
  }

  tie(candidate: number): void {
    this.setPlaces(toggleTie(this.draft.places, candidate));
  }

  setPlaces(places: Places): void {
    this.#decide(places);
    this.said = t('Your order: {0}.', this.orderInWords(places));
    this.#changed();
  }

  /** Takes the model's order; recorded as accepted, not as a vote, unless it is changed after. */
  accept(): void {
    const places = this.modelPlaces;
    if (!isRanked(places)) {
      this.say(t('No rewards to accept yet.'));
      return;
    }
    this.#setDraft({ places, allBad: false, accepted: true });
    this.said = t(
      'The model’s order: {0}. Not counted as your own vote.',
      this.orderInWords(places),
    );
    this.#changed();
  }

  toggleAllBad(): void {
    const allBad = !this.draft.allBad;
    this.#setDraft({
      places: this.draft.places.map(() => 0),
      allBad,
      accepted: false,
    });
    this.said = allBad ? t('All bad.') : t('Not all bad.');
    this.#changed();
  }

  #decide(places: Places): void {
    this.#setDraft({ places, allBad: false, accepted: false });
  }

  #setDraft(draft: Draft): void {
    this.draft = draft;
    if (this.sample === undefined) {
      return;
    }
    if (sameDraft(draft, savedDraft(this.sample))) {
      const { key } = this.sample;
      this.#drafts = Object.fromEntries(
        Object.entries(this.#drafts).filter(([other]) => other !== key),
      );
    } else {
      this.#drafts = { ...this.#drafts, [this.sample.key]: draft };
    }
    this.#remember();
  }

  /** Saves the decision and goes to the next sample once it is on disk. */
  saveAndNext(): void {
    const body = toRecord(this.draft, performance.now() - this.#shownAt);
    if (body === undefined) {
      this.say(t('Nothing to save: rank an answer, or say that all are bad.'));
    } else if (this.isSaved) {
      this.next();
    } else {
      this.#record(body, true);
    }
  }

  skip(): void {
    this.#record({ kind: 'skip' }, true);
  }

  toggleFlag(): void {
    if (this.sample !== undefined) {
      const on = !this.sample.verdict.flagged;
      this.#record({ kind: 'flag', on }, false);
      this.said = on ? t('Flagged.') : t('Not flagged.');
    }
  }

  saveNote(text: string): void {
    this.noteOpen = false;
    if (this.sample !== undefined && text !== this.sample.verdict.note) {
      this.#record({ kind: 'note', text }, false);
    }
    this.#changed();
  }

  #record(body: RecordBody, goOn: boolean): void {
    if (this.sample === undefined) {
      return;
    }
    if (this.readOnly) {
      this.say(t('Saving is off in Restricted Mode.'));
      return;
    }
    this.#requests += 1;
    const decision = body.kind !== 'flag' && body.kind !== 'note';
    this.saving = { state: 'saving', request: this.#requests, decision };
    if (goOn) {
      this.#goOnAfter = this.#requests;
    }
    post({ type: 'record', key: this.sample.key, request: this.#requests, body });
    this.#changed();
  }

  undo(): void {
    post({ type: 'undo' });
  }

  redo(): void {
    post({ type: 'redo' });
  }

  openRow(row: number, takeFocus = true): void {
    if (row >= 0 && row < this.rowCount) {
      post({ type: 'openRow', row, takeFocus });
    }
  }

  get currentRow(): number {
    return this.sample?.row ?? this.broken?.row.row ?? 0;
  }

  next(): void {
    if (this.surface === 'panel') {
      const at = this.sections.findIndex((section) => section.key === this.sample?.key);
      const open = this.sections.slice(at + 1).find((section) => !section.decided);
      if (open !== undefined) {
        post({ type: 'openSection', key: open.key });
      }
    } else if (this.currentRow + 1 < this.rowCount) {
      this.openRow(this.currentRow + 1);
    } else {
      const { skipped, flagged } = this.progress;
      this.say(t('That was the last one. {0} skipped · {1} flagged', skipped, flagged));
    }
  }

  previous(): void {
    this.openRow(this.currentRow - 1);
  }

  nextUnreviewed(): void {
    post({ type: 'nextUnreviewed', after: this.currentRow });
  }

  focusCard(index: number): void {
    const count = this.sample?.candidates.length ?? 0;
    if (count > 0) {
      this.#focusCard(Math.max(0, Math.min(count - 1, index)));
      this.#changed();
    }
  }

  /** A card got focus, by mouse or Tab. */
  cardFocused(index: number): void {
    if (this.focused !== index) {
      this.focused = index;
      this.#changed();
    }
  }

  #focusCard(index: number): void {
    this.focused = index;
    // the card may not be on the page yet
    this.dispatchEvent(new CustomEvent('focus-card'));
  }

  toggle(what: 'queueOpen' | 'noteOpen' | 'keysOpen', on = !this[what]): void {
    this[what] = on;
    this.#remember();
    this.#changed();
  }

  say(text: string): void {
    // the same words again must be heard again
    this.said = this.said === text ? `${text}\u00a0` : text;
    this.#changed();
  }

  /** "B, then A and C" */
  orderInWords(places: Places): string {
    const used = [...new Set(places)].filter((place) => place > 0).sort((a, b) => a - b);
    return used
      .map((place) =>
        places.flatMap((own, n) => (own === place ? [letterOf(n)] : [])).join(t(' and ')),
      )
      .join(t(', then '));
  }

  #remember(): void {
    const state: SavedState = { drafts: this.#drafts, queueOpen: this.queueOpen };
    saveState(state);
  }

  #changed(): void {
    this.dispatchEvent(new CustomEvent('change'));
  }
}
