// The state of the page: what the host told, what is shown, and where the person is.

import type {
  EngineView,
  FollowedView,
  FramesView,
  NoticeView,
  ProgressView,
  RowView,
  SampleView,
  SectionView,
  Surface,
  ToWebview,
} from '../src/protocol/reviewProtocol';
import { Decisions, type DecisionPage } from './decisions';
import { loadState, post, saveState } from './vscodeApi';
import { setLanguage, t } from './words';

/** What the page itself remembers over hiding and restarting. */
interface SavedState {
  readonly queueOpen?: boolean;
}

const NO_PROGRESS: ProgressView = { reviewed: 0, skipped: 0, flagged: 0, total: 0 };

/** Fires `change` when anything changed, and `focus-card` when a card is to get focus. */
export class ReviewStore extends EventTarget implements DecisionPage {
  surface: Surface = 'editor';
  keys = true;
  name = '';
  rowCount = 0;
  readOnly = false;
  progress = NO_PROGRESS;
  readonly rows = new Map<number, RowView>();
  sample: SampleView | undefined;
  broken: { readonly row: RowView; readonly fault: string } | undefined;
  readonly decisions = new Decisions(this);
  /** the card with focus */
  focused = 0;
  queueOpen = true;
  noteOpen = false;
  keysOpen = false;
  /** sampled frames of the shown sample's videos, by position among its media */
  readonly frames = new Map<number, FramesView>();
  engine: EngineView = { state: 'stopped', text: '' };
  notices: readonly NoticeView[] = [];
  followed: FollowedView | undefined;
  sections: readonly SectionView[] = [];
  /** words for the polite and the assertive live region */
  said = '';
  alerted = '';
  /** the page has been told what to show */
  loaded = false;
  /** a row that was asked for and has not come yet: keys may be faster than the host */
  #wantedRow: number | undefined;
  /** some other sample will come: the host decides which */
  #movesOn = false;
  /** what was pressed meanwhile; it is meant for the sample to come */
  #deferred: (() => void)[] = [];

  constructor() {
    super();
    const saved = (loadState() ?? {}) as SavedState;
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
        if (this.#isWanted(message.sample.row)) {
          this.#show(message.sample, message.takeFocus);
        }
        break;
      case 'brokenRow':
        if (this.#isWanted(message.row.row)) {
          this.sample = undefined;
          this.broken = message;
          this.loaded = true;
          this.#deferred = [];
        }
        break;
      case 'score':
        if (this.sample?.key === message.key) {
          this.sample = { ...this.sample, score: message.score };
        }
        break;
      case 'frames':
        if (this.sample?.key === message.key) {
          this.frames.set(message.media, message.frames);
        }
        break;
      case 'verdict':
        this.#takeVerdict(message);
        break;
      case 'saved':
        if (this.decisions.onSaved(message.request)) {
          this.#saySaved();
        }
        break;
      case 'saveFailed':
        this.decisions.onFailed(message.text);
        this.#deferred = [];
        this.alerted = t('Not saved. {0}', message.text);
        break;
      case 'say':
        this.#movesOn = false;
        this.say(message.text);
        this.#runDeferred();
        break;
      case 'decodeVideo':
      case 'cancelVideo':
        return; // answered by video/videoRequests.ts
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
    this.changed();
  }

  /** An answer to an earlier wish is no longer wanted. */
  #isWanted(row: number): boolean {
    const wanted = this.#wantedRow === undefined || this.#wantedRow === row;
    if (wanted) {
      this.#wantedRow = undefined;
      this.#movesOn = false;
    }
    return wanted;
  }

  /** Another sample is about to be shown: keys are for that one. */
  get isMoving(): boolean {
    return this.#wantedRow !== undefined || this.#movesOn || this.decisions.goesOn;
  }

  /** Another sample will be shown, and it is not known yet which. */
  get isMovingSomewhere(): boolean {
    return this.#movesOn || this.decisions.goesOn;
  }

  /** Runs `action` on the sample to come. */
  defer(action: () => void): void {
    this.#deferred.push(action);
  }

  #runDeferred(): void {
    while (!this.isMoving) {
      const action = this.#deferred.shift();
      if (action === undefined) {
        return;
      }
      action();
    }
  }

  #show(sample: SampleView, takeFocus: boolean): void {
    const another = this.sample?.key !== sample.key;
    this.#askForFrames(sample, another);
    this.sample = sample;
    this.broken = undefined;
    this.loaded = true;
    this.decisions.show(sample, another);
    if (another) {
      this.focused = 0;
      this.noteOpen = false;
    }
    if (takeFocus) {
      this.#giveFocus(0);
    }
    this.#runDeferred();
  }

  #askForFrames({ key, media }: SampleView, another: boolean): void {
    if (another) {
      this.frames.clear();
    }
    for (const [n, { kind, uri }] of media.entries()) {
      // what failed is tried again: ffmpeg may be there now
      if (kind === 'video' && uri !== undefined && this.frames.get(n)?.state !== 'shown') {
        post({ type: 'frames', key, media: n });
      }
    }
  }

  #takeVerdict({ key, verdict }: Extract<ToWebview, { type: 'verdict' }>): void {
    const decided = verdict.decision !== undefined && !verdict.stale;
    this.sections = this.sections.map((section) =>
      section.key === key ? { ...section, decided } : section,
    );
    if (this.sample?.key === key) {
      this.decisions.takeVerdict(this.sample, verdict);
      this.sample = { ...this.sample, verdict };
    }
  }

  #saySaved(): void {
    this.say(
      this.surface === 'editor'
        ? t('Saved. Sample {0} of {1}.', this.currentRow + 1, this.rowCount)
        : t('Saved.'),
    );
  }

  /** The row that is shown, or about to be. */
  get currentRow(): number {
    return this.#wantedRow ?? this.sample?.row ?? this.broken?.row.row ?? 0;
  }

  openRow(row: number, takeFocus = true): void {
    if (row >= 0 && row < this.rowCount) {
      this.#wantedRow = row;
      post({ type: 'openRow', row, takeFocus });
      this.changed();
    }
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
    this.#movesOn = true;
    post({ type: 'nextUnreviewed', after: this.currentRow });
  }

  undo(): void {
    this.#movesOn = true;
    post({ type: 'undo' });
  }

  redo(): void {
    this.#movesOn = true;
    post({ type: 'redo' });
  }

  focusCard(index: number): void {
    const count = this.sample?.candidates.length ?? 0;
    if (count > 0) {
      this.#giveFocus(Math.max(0, Math.min(count - 1, index)));
      this.changed();
    }
  }

  /** A card got focus, by mouse or Tab. */
  cardFocused(index: number): void {
    if (this.focused !== index) {
      this.focused = index;
      this.changed();
    }
  }

  #giveFocus(index: number): void {
    this.focused = index;
    // the card may not be on the page yet
    this.dispatchEvent(new CustomEvent('focus-card'));
  }

  toggle(what: 'queueOpen' | 'noteOpen' | 'keysOpen', on = !this[what]): void {
    this[what] = on;
    const state: SavedState = { queueOpen: this.queueOpen };
    saveState(state);
    this.changed();
  }

  /** Saves the note. Leaving the field by a key also takes its focus away: once is enough. */
  closeNote(text: string): void {
    if (this.noteOpen) {
      this.noteOpen = false;
      this.decisions.saveNote(text);
      this.changed();
    }
  }

  say(text: string): void {
    // the same words again must be heard again
    this.said = this.said === text ? `${text}\u00a0` : text;
    this.changed();
  }

  changed(): void {
    this.dispatchEvent(new CustomEvent('change'));
  }
}
