// The page without a browser: its store, keys pressed on it, and what it tells the host.

import type {
  FromWebview,
  SampleView,
  SectionView,
  ToWebview,
} from '../../../src/protocol/reviewProtocol';
import { NO_VERDICT, type Decision, type Verdict } from '../../../src/sample/verdict';
import type { ReviewStore } from '../../../webview/reviewStore';

const posted: FromWebview[] = [];

Object.assign(globalThis, {
  acquireVsCodeApi: () => ({
    postMessage: (message: FromWebview) => posted.push(message),
    getState: () => undefined,
    setState: () => undefined,
  }),
  // keys look at where they were pressed
  Element: EventTarget,
  document: { activeElement: null, querySelector: () => null, querySelectorAll: () => [] },
});

const { ReviewStore: Store } = await import('../../../webview/reviewStore');
export const { keyHelp, onPageKey } = await import('../../../webview/keys');

export interface Page {
  readonly store: ReviewStore;
  receive(message: ToWebview): void;
  /** `⇧` before a key is Shift, `^` is Ctrl */
  press(...keys: string[]): void;
  /** Keys pressed so long after those before them. */
  pressAfter(ms: number, ...keys: string[]): void;
  /** messages to the host since last asked */
  taken(): FromWebview[];
  /** the last one of a kind; fails when there is none */
  last<T extends FromWebview['type']>(type: T): Extract<FromWebview, { type: T }>;
  /** answers the last one of a kind */
  answer(type: Asking, refusal?: string): void;
}

type Asking = Extract<
  FromWebview['type'],
  | 'openRow'
  | 'openSection'
  | 'nextUnreviewed'
  | 'record'
  | 'undoChange'
  | 'undo'
  | 'redo'
  | 'saveElsewhere'
>;

export function openPage(surface: 'editor' | 'panel', rows = 10): Page {
  posted.length = 0;
  let nowMs = 0;
  const store = new Store();
  store.receive({
    type: 'init',
    surface,
    keys: true,
    readMarks: false,
    language: 'en',
    strings: {},
    remembered: {},
  });
  if (surface === 'editor') {
    const progress = { reviewed: 0, skipped: 0, flagged: 0, total: rows };
    store.receive({
      type: 'dataset',
      name: 'd',
      indexed: { rows, share: 1 },
      progress,
      readOnly: false,
    });
  }
  const last = <T extends FromWebview['type']>(type: T): Extract<FromWebview, { type: T }> => {
    const found = posted.findLast((message) => message.type === type);
    if (found === undefined) {
      throw new Error(`the page did not post ${type}`);
    }
    return found as Extract<FromWebview, { type: T }>;
  };
  return {
    store,
    receive: (message) => store.receive(message),
    press: (...keys) => {
      for (const key of keys) {
        onPageKey(store, keyEvent(key, nowMs));
      }
    },
    pressAfter: (ms, ...keys) => {
      nowMs += ms;
      for (const key of keys) {
        onPageKey(store, keyEvent(key, nowMs));
      }
    },
    taken: () => posted.splice(0),
    last,
    answer: (type, refusal) => {
      const { request } = last(type);
      store.receive(
        refusal === undefined
          ? { type: 'done', request }
          : { type: 'failed', request, text: refusal, elsewhere: true },
      );
    },
  };
}

function keyEvent(text: string, timeStamp: number): KeyboardEvent {
  return {
    key: text.replace(/^[⇧^](?=.)/, ''),
    shiftKey: /^⇧./.test(text),
    ctrlKey: /^\^./.test(text),
    metaKey: false,
    altKey: false,
    isComposing: false,
    getModifierState: () => false,
    timeStamp,
    preventDefault: () => undefined,
    composedPath: () => [],
  } as unknown as KeyboardEvent;
}

/** Three answers with rewards 3, 2, 1. */
export function sampleAt(row: number, overrides: Partial<SampleView> = {}): SampleView {
  return {
    key: `key-${row}`,
    row,
    id: `id-${row}`,
    line: row + 1,
    hasText: true,
    file: 'f',
    turns: [],
    media: [],
    candidates: [{ text: 'a' }, { text: 'b' }, { text: 'c' }],
    shown: [0, 1, 2],
    blind: false,
    verdict: NO_VERDICT,
    answerDrafts: [],
    score: {
      candidates: [3, 2, 1].map((reward) => ({ state: 'scored', reward, textTokens: 1 })),
      before: [],
      prefixTokens: 0,
      media: [],
      medianRange: 0,
    },
    ...overrides,
  };
}

export function show(page: Page, row: number, overrides: Partial<SampleView> = {}): void {
  page.receive({ type: 'sample', sample: sampleAt(row, overrides), takeFocus: true });
}

/** The panel's sections, as decided or not. */
export function follow(page: Page, decided: readonly boolean[]): void {
  const sections = decided.map((isDecided, n): SectionView => ({
    key: `key-${n}`,
    id: `id-${n}`,
    file: 'f',
    line: n + 1,
    text: '',
    decided: isDecided,
    stale: false,
  }));
  const file = {
    name: 'p.png',
    folder: '',
    kind: 'image' as const,
    samples: decided.length,
    files: 1,
    remarks: [],
  };
  page.receive({ type: 'followed', file, sections, readOnly: false });
}

let uid = 0;

export function verdictOf(ranks: number[][], accepted = false): Verdict {
  uid += 1;
  const decision: Decision = {
    v: 1,
    uid: `u${uid}`,
    at: '2026-01-01T00:00:00.000Z',
    by: 'mira',
    id: 'a',
    line: 1,
    sampleHash: 'h',
    kind: 'rank',
    ranks,
    unranked: [],
    accepted,
    blind: false,
    shown: [0, 1, 2],
    ms: 1,
  };
  return { ...NO_VERDICT, decision };
}
