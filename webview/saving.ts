// What is written into the journal: what is on its way there, and what could not be written.

import type { RecordBody, SampleView } from '../src/protocol/reviewProtocol';
import type { Refusal, Request, Requests } from './requests';
import { t } from './words';

/** What is shown when it is on disk: the next sample, what this one has hidden, or nothing else. */
export type Then = 'next' | 'reveal' | 'stay';

type Action =
  | {
      readonly kind: 'record';
      readonly key: string;
      readonly body: RecordBody;
      readonly then: Then;
    }
  | {
      readonly kind: 'undoChange';
      readonly key: string;
      readonly candidate: number;
      readonly shown: readonly number[];
    }
  | { readonly kind: 'undo' | 'redo' };

/** What could not be written, and why. */
export interface Failure extends Refusal {
  readonly action: Action;
}

/** What saving needs of the page around it. */
export interface SavingPage {
  readonly sample: SampleView | undefined;
  readonly readOnly: boolean;
  say(text: string): void;
  /** says at once, whatever is being said */
  alert(text: string): void;
  /** redraws */
  changed(): void;
  /** says that it is saved, and shows the next sample if that is wanted */
  saved(then: Then): void;
  /** something was written, or not. `moves`: something else was to be shown after */
  settled(outcome: { readonly failed: boolean; readonly moves: boolean }): void;
}

export class Saving {
  failure: Failure | undefined;
  readonly #pending = new Set<Action>();
  /** the change that was last taken back, of the answers as they were */
  #takenBack: { readonly of: SampleView['candidates']; readonly candidate: number } | undefined;

  constructor(
    readonly page: SavingPage,
    readonly requests: Requests,
  ) {}

  /** Something is on its way to the disk. */
  get isUnderWay(): boolean {
    return this.#pending.size > 0;
  }

  /** When it is there, another sample is shown, or what this one has hidden. */
  get moves(): boolean {
    return [...this.#pending].some(movesOn);
  }

  record(key: string, body: RecordBody, then: Then): void {
    // one step on at a time, however often a button is clicked
    if (!(then !== 'stay' && this.moves) && this.#isOn()) {
      this.#perform({ kind: 'record', key, body, then });
    }
  }

  /** Takes back the last change of one answer: once, until what it leaves is shown. */
  undoChange({ key, shown, candidates }: SampleView, candidate: number): void {
    const before = this.#takenBack;
    const again = before?.of === candidates && before.candidate === candidate;
    if (!(again && this.failure === undefined) && this.#isOn()) {
      this.#takenBack = { of: candidates, candidate };
      this.#perform({ kind: 'undoChange', key, candidate, shown });
    }
  }

  /** Takes back the last action, or the last undo, of any sample. */
  takeBack(what: 'undo' | 'redo'): void {
    if (this.#isOn()) {
      this.#perform({ kind: what });
    }
  }

  #isOn(): boolean {
    if (this.page.readOnly) {
      this.page.say(t('Saving is off in Restricted Mode.'));
    }
    return !this.page.readOnly;
  }

  #perform(action: Action): void {
    this.failure = undefined;
    this.#pending.add(action);
    this.requests.ask(requestOf(action), (refusal) => {
      this.#pending.delete(action);
      if (refusal === undefined) {
        this.#onDone(action);
      } else {
        this.failure = { action, text: refusal.text, elsewhere: refusal.elsewhere };
        this.page.alert(t('Not saved. {0}', refusal.text));
      }
      this.page.settled({ failed: refusal !== undefined, moves: movesOn(action) });
    });
    this.page.changed();
  }

  #onDone(action: Action): void {
    if (action.kind !== 'record') {
      return; // the host says what it did
    }
    if (action.body.kind === 'flag') {
      this.page.say(action.body.on ? t('Flagged.') : t('Not flagged.'));
    } else {
      this.page.saved(action.key === this.page.sample?.key ? action.then : 'stay');
    }
  }

  /** Does again what could not be written. */
  retry(): void {
    if (this.failure !== undefined) {
      this.#perform(this.failure.action);
    }
  }

  /** Has the person choose another folder for the journal. @param onMoved it is chosen */
  moveJournal(onMoved: () => void): void {
    const { failure } = this;
    if (failure === undefined) {
      return;
    }
    const { action } = failure;
    this.requests.ask(
      { type: 'saveElsewhere', ...('key' in action ? { key: action.key } : {}) },
      (refusal) => {
        if (refusal === undefined) {
          onMoved();
        } else {
          this.failure = { ...failure, text: refusal.text };
        }
      },
    );
  }

  /** The person knows. Ranks and notes stay as they are, not saved. */
  closeFailure(): void {
    this.failure = undefined;
    this.page.changed();
  }
}

function requestOf(action: Action): Request {
  switch (action.kind) {
    case 'record':
      return { type: 'record', key: action.key, body: action.body };
    case 'undoChange': {
      const { key, candidate, shown } = action;
      return { type: 'undoChange', key, candidate, shown: [...shown] };
    }
    case 'undo':
    case 'redo':
      return { type: action.kind };
  }
}

function movesOn(action: Action): boolean {
  return action.kind === 'record' ? action.then !== 'stay' : action.kind !== 'undoChange';
}
