// The state of the page: what the host told, what is shown, and where the person is.

import type {
  EngineView,
  FollowedView,
  IndexedView,
  ModeView,
  NoticeView,
  ProgressView,
  RowView,
  SampleView,
  SectionView,
  Surface,
  ToWebview,
} from '../src/protocol/reviewProtocol';
import type { RowFaultView } from '../src/protocol/sampleParts';
import { Comparison, type Pair } from './comparison';
import { Decisions, type DecisionPage } from './decisions';
import { Explanations } from './explanations';
import { Editing, type EditingPage } from './editing';
import { foundWords } from './explain/resultWords';
import { Layout } from './layout';
import { Navigation, type NavigationPage } from './navigation';
import { QueuePlaces } from './queuePlaces';
import { Requests } from './requests';
import type { Then } from './saving';
import { TextView } from './textView';
import { ShownFrames } from './shownFrames';
import type { FirstDigit } from './typedRank';
import { post } from './vscodeApi';
import { letterOf, setLanguage, t } from './words';

const NO_PROGRESS: ProgressView = { reviewed: 0, skipped: 0, flagged: 0, total: 0 };

/** Fires `change` when anything changed, and `focus-…` for what is to get focus. */
export class ReviewStore extends EventTarget implements DecisionPage, EditingPage, NavigationPage {
  surface: Surface = 'editor';
  keys = true;
  name = '';
  indexed: IndexedView = { rows: 0, share: 0 };
  readOnly = false;
  progress = NO_PROGRESS;
  /** of the dataset that is shown */
  mode: ModeView = { blind: false, shuffle: false, goesOn: false };
  /** those that the queue has shown; another map for another dataset */
  rows = new Map<number, RowView>();
  sample: SampleView | undefined;
  broken: ({ readonly row: RowView } & RowFaultView) | undefined;
  readonly #requests = new Requests();
  readonly decisions = new Decisions(this, this.#requests);
  readonly navigation = new Navigation(this, this.#requests, () => this.decisions.saving.moves);
  readonly editing = new Editing(this);
  readonly layout = new Layout();
  readonly textView = new TextView();
  readonly comparison = new Comparison();
  readonly explanations = new Explanations(() => this.noiseFloor);
  /** the card with focus */
  focused = 0;
  /** a digit was typed that may be the first of two */
  firstDigit: FirstDigit | undefined;
  readonly frames = new ShownFrames();
  /** whose verdict on the shown sample came from elsewhere */
  arrived = '';
  engine: EngineView = { state: 'stopped', text: '' };
  notices: readonly NoticeView[] = [];
  followed: FollowedView | undefined;
  sections: readonly SectionView[] = [];
  /** words for the polite and the assertive live region */
  said = '';
  alerted = '';
  /** the page has been told what to show */
  loaded = false;

  readonly queue = new QueuePlaces(() => this.rowCount);

  get noiseFloor(): number {
    return this.engine.noiseFloor ?? 0;
  }

  /** rows found so far */
  get rowCount(): number {
    return this.indexed.rows;
  }

  receive(message: ToWebview): void {
    switch (message.type) {
      case 'init':
        this.surface = message.surface;
        this.keys = message.keys;
        setLanguage(message.language, message.strings);
        this.layout.recall(message.remembered);
        this.textView.recall(message.remembered);
        this.textView.readMarks = message.readMarks;
        break;
      case 'dataset':
        this.name = message.name;
        this.indexed = message.indexed;
        this.progress = message.progress;
        this.readOnly = message.readOnly;
        this.rows = new Map();
        break;
      case 'indexed':
        this.indexed = message.indexed;
        break;
      case 'queue':
        this.queue.view = message.queue;
        break;
      case 'conditionCounts':
        this.queue.conditionCounts = message.counts;
        break;
      case 'rows':
        for (const row of message.rows) {
          this.rows.set(row.row, row);
        }
        break;
      case 'progress':
        this.progress = message.progress;
        break;
      case 'mode':
        this.mode = message.mode;
        break;
      case 'sample':
        this.navigation.upcoming.arrive(message.sample);
        this.#show(message.sample, message.takeFocus);
        break;
      case 'brokenRow':
        this.navigation.upcoming.arrive(message.row);
        this.navigation.upcoming.drop();
        this.sample = undefined;
        this.broken = message;
        this.loaded = true;
        break;
      case 'score':
        if (this.sample?.key === message.key) {
          this.sample = { ...this.sample, score: message.score };
        }
        break;
      case 'textScore':
        this.editing.take(message.key, message.text, message.score);
        break;
      case 'explanation':
        this.explanations.receive(message);
        this.#sayFound(message);
        break;
      case 'frames':
        if (this.sample?.key === message.key) {
          this.frames.set(message.media, message.frames);
        }
        break;
      case 'arrived':
        if (this.sample?.key === message.key) {
          this.arrived = message.text;
          this.say(message.text);
        }
        break;
      case 'verdict':
        this.#takeVerdict(message);
        break;
      case 'done':
      case 'failed':
        this.#requests.receive(message);
        break;
      case 'takeBack':
        this.decisions[message.what]();
        break;
      case 'say':
        this.say(message.text);
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
        this.readOnly = message.readOnly;
        this.loaded = true;
        // what was on its way, and what was pressed, belongs to what was followed before
        this.navigation.upcoming.forget();
        if (!message.sections.some((section) => section.key === this.sample?.key)) {
          this.sample = undefined;
        }
        break;
    }
    this.changed();
  }

  #show(sample: SampleView, takeFocus: boolean): void {
    const before = this.sample;
    const another = before?.key !== sample.key;
    this.frames.askFor(sample, another);
    this.sample = sample;
    this.broken = undefined;
    this.loaded = true;
    this.decisions.show(sample, before);
    this.editing.show(sample, before);
    this.focused = Math.min(this.focused, Math.max(0, sample.candidates.length - 1));
    if (another) {
      this.arrived = '';
      this.comparison.follow(sample, this.baseOf(sample));
      this.focused = this.pair?.left ?? 0;
      this.layout.showAnswers(this.pair !== undefined);
    }
    if (takeFocus) {
      this.#giveFocus(this.focused);
    }
    this.navigation.upcoming.run();
  }

  /** What a check found is said: its place on the page need not have focus. */
  #sayFound({ key, explanation }: Extract<ToWebview, { type: 'explanation' }>): void {
    if (explanation.state === 'found' && key === this.sample?.key) {
      this.say(foundWords(explanation));
    }
  }

  #takeVerdict({ key, verdict }: Extract<ToWebview, { type: 'verdict' }>): void {
    const decided = verdict.decision !== undefined && !verdict.stale;
    this.sections = this.sections.map((section) =>
      section.key === key ? { ...section, decided, stale: verdict.stale } : section,
    );
    if (this.sample?.key === key) {
      this.decisions.takeVerdict(this.sample, verdict);
      this.sample = { ...this.sample, verdict };
    }
  }

  settled({ failed, moves }: { readonly failed: boolean; readonly moves: boolean }): void {
    if (failed && moves) {
      this.navigation.upcoming.drop();
    }
    this.navigation.upcoming.run();
  }

  saved(then: Then): void {
    this.navigation.saved(then);
  }

  goOn(): void {
    this.navigation.goOn();
  }

  /** The head of the open section was pressed: the panel is left with the heads. */
  closeSection(): void {
    this.navigation.upcoming.forget();
    this.sample = undefined;
    this.#requests.ask({ type: 'openSection', takeFocus: false }, () => undefined);
    this.changed();
  }

  focusCard(index: number): void {
    const count = this.sample?.candidates.length ?? 0;
    if (this.pair !== undefined && index !== this.pair.left && index !== this.pair.right) {
      return; // it is not on the page
    }
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

  showQueue(on: boolean): void {
    this.layout.showQueue(on);
    this.changed();
  }

  /** Shows the queue and goes to its search field. */
  focusSearch(): void {
    this.showQueue(true);
    this.dispatchEvent(new CustomEvent('focus-search'));
  }

  focusQueue(): void {
    this.showQueue(true);
    this.dispatchEvent(new CustomEvent('focus-queue'));
  }

  setRoomy(isRoomy: boolean): void {
    this.layout.isRoomy = isRoomy;
    this.changed();
  }

  setNarrow(isNarrow: boolean): void {
    this.layout.setNarrow(isNarrow);
    this.changed();
  }

  /** The two answers that stand side by side, while the person compares. */
  get pair(): Pair | undefined {
    return this.comparison.pairOf(this.sample);
  }

  /** The answer that others are compared with: the pinned one or the best. */
  baseOf(sample: SampleView): number | undefined {
    return this.textView.pinnedOrBest(sample, this.decisions.rewards);
  }

  /** @param focused the answer that gets focus */
  showPair(sample: SampleView, pair: Pair, focused: number): void {
    this.comparison.show(sample, pair);
    this.focusCard(focused);
  }

  /** While two answers are compared there may be room for the media between them. */
  get mediaBetween(): boolean {
    return this.pair !== undefined && this.layout.isRoomy;
  }

  /** The answers lie under the media. */
  get answersCovered(): boolean {
    const { mediaFilled, factsOpen } = this.layout;
    return !this.mediaBetween && (mediaFilled || (factsOpen && this.pair !== undefined));
  }

  toggle(what: 'noteOpen' | 'keysOpen' | 'tilesShown', on: boolean): void {
    this.layout[what] = on;
    this.changed();
  }

  /** Saves the note. Leaving the field by a key also takes its focus away: once is enough. */
  closeNote(text: string): void {
    if (this.layout.noteOpen) {
      this.layout.noteOpen = false;
      this.decisions.saveNote(text);
      this.changed();
    }
  }

  toggleRaw(): void {
    this.textView.toggleRaw();
    this.say(this.textView.raw ? t('Texts as they are written.') : t('Texts rendered.'));
  }

  /** For what has no ranks yet; the host remembers it. */
  toggleMode(what: 'blind' | 'shuffle'): void {
    post({ type: 'setMode', [what]: !this.mode[what] });
  }

  showMarks(on: boolean): void {
    this.textView.setMarks(on);
    this.say(on ? t('Marks on.') : t('Marks off.'));
  }

  /** Compares the others with this answer; the same again goes back to the best. */
  togglePin(index: number): void {
    const { sample } = this;
    if (sample !== undefined && sample.candidates.length > 1) {
      const isPinned = this.textView.pinnedIn(sample) === index;
      this.textView.pin(sample, isPinned ? undefined : index);
      this.say(isPinned ? t('Pin taken away.') : t('Marked: words not in {0}.', letterOf(index)));
    }
  }

  /** Shows what an edited answer said before, or what it says now. */
  toggleOriginal(index: number): void {
    const { sample } = this;
    if (sample !== undefined) {
      this.textView.toggleOriginal(sample, index);
      const shown = this.textView.showsOriginal(sample, index);
      this.say(shown ? t('The answer before it was edited.') : t('The answer as edited.'));
    }
  }

  alert(text: string): void {
    this.alerted = text;
    this.changed();
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
