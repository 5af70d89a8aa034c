// Keys of both places. Plain keys work when focus is in the page and not in a text field.

import type { Surface } from '../src/protocol/reviewProtocol';
import {
  chooseBetter,
  chooseTie,
  closeComparison,
  compare,
  swapAnswer,
} from './compare/compareActions';
import { stepSentence, toggleSentences } from './explain/explainActions';
import { escape } from './escape';
import { showFacts, toggleMedia } from './mediaActions';
import type { ZoomView } from './media/zoomView';
import type { ReviewStore } from './reviewStore';
import type { AnswerText } from './shared/answerText';
import type { VideoPlayer } from './shared/videoPlayer';
import { rankTyped } from './typedRank';
import { post } from './vscodeApi';
import { t } from './words';

/** What "?" shows: keys, and what they do. */
export function keyHelp(surface: Surface): readonly (readonly [readonly string[], string])[] {
  return [
    [['←', '→', '↑', '↓'], t('Previous, next answer; by row')],
    [['Home', 'End'], t('First, last answer')],
    [['1', '…', '9'], t('Rank of this answer; the same again elsewhere ties')],
    [['1 2'], t('Rank 12: two digits at once, with more than nine answers')],
    [['0'], t('Take its rank away')],
    [['⇧ ↑', '⇧ ↓'], t('One rank better, worse')],
    [['T'], t('Tie with the rank above; again separates')],
    [['M'], t('Take the model’s order')],
    [['B'], t('All bad; again off')],
    [['S', 'F'], t('Skip, flag')],
    [['N'], t('Note; Esc leaves it')],
    [['Space'], t('All of a long answer')],
    [['R'], t('Texts rendered, or as they are written')],
    [['P'], t('Mark what is not in this answer; again: not in the best')],
    [['D'], t('Marks on, off')],
    [['E'], t('Edit this answer; Ctrl ↵ saves, Esc leaves')],
    [['A'], t('Write an answer')],
    [['H'], t('Blind from the next sample, or not')],
    [['↵', 'Ctrl ↵'], t('Save and next; a blind sample is revealed first')],
    [['Z', '⇧ Z'], t('Undo, redo, over all samples')],
    [['J', 'K'], t('Next, previous sample')],
    [['U'], t('Next unreviewed sample')],
    [[',', '.'], t('Video: a frame back, on')],
    [['<', '>'], t('Video: slower, faster')],
    ...(surface === 'editor'
      ? ([
          [['Q'], t('Queue: there, and back')],
          [['/'], t('Search prompts and answers')],
          [['G'], t('Go to a row, by number or id')],
          [['+', '−'], t('Picture: larger, smaller')],
          [['O'], t('Picture: the tiles that the model sees')],
          [['V'], t('Fill the page with the picture or video; again back')],
          [['I'], t('Facts of this sample; again back')],
          [['C'], t('Compare this answer with the best or pinned one; again all answers')],
          [['←', '→', 'T'], t('Compare two: left better, right better, tied')],
          [['X'], t('Reward after each sentence, of both when comparing; again off')],
          [['[', ']'], t('Previous, next sentence')],
          [['W'], t('Compare two: the next answer instead of this one')],
        ] as const)
      : []),
    [['L'], t('This line in the text editor')],
    [['Esc'], t('Back to the answers')],
    [['?'], t('These keys')],
  ];
}

const PLAIN: Readonly<Record<string, (store: ReviewStore) => void>> = {
  ArrowLeft: (store) => store.focusCard(store.focused - 1),
  ArrowRight: (store) => store.focusCard(store.focused + 1),
  ArrowUp: (store) => store.focusCard(cardInRow(store.focused, -1)),
  ArrowDown: (store) => store.focusCard(cardInRow(store.focused, 1)),
  Home: (store) => store.focusCard(0),
  End: (store) => store.focusCard(Infinity),
  t: (store) => store.decisions.tie(store.focused),
  m: (store) => store.decisions.accept(),
  b: (store) => store.decisions.toggleAllBad(),
  s: (store) => store.decisions.skip(),
  f: (store) => store.decisions.toggleFlag(),
  n: (store) => store.toggle('noteOpen', true),
  Enter: (store) => store.decisions.saveAndNext(),
  r: (store) => store.toggleRaw(),
  p: (store) => store.togglePin(store.focused),
  h: (store) => store.toggleMode('blind'),
  d: (store) => store.showMarks(!store.textView.marks),
  e: (store) => store.editing.open(store.sample && store.focused),
  a: (store) => store.editing.open(undefined),
  z: (store) => store.decisions.undo(),
  j: (store) => store.navigation.next(),
  k: (store) => store.navigation.previous(),
  u: (store) => store.navigation.nextUnreviewed(),
  l: (store) => {
    if (store.sample !== undefined) {
      post({ type: 'goToLine', key: store.sample.key });
    }
  },
  ',': () => video()?.step(-1),
  '.': () => video()?.step(1),
  '<': () => video()?.changeSpeed(-1),
  '>': () => video()?.changeSpeed(1),
  ' ': (store) => toggleText(store.focused),
  '?': (store) => store.toggle('keysOpen', true),
};

const SHIFTED: Readonly<Record<string, (store: ReviewStore) => void>> = {
  ArrowUp: (store) => store.decisions.move(store.focused, -1),
  ArrowDown: (store) => store.decisions.move(store.focused, 1),
  Z: (store) => store.decisions.redo(),
  '<': () => video()?.changeSpeed(-1),
  '>': () => video()?.changeSpeed(1),
};

/** Keys of the review editor alone. */
const EDITOR: Readonly<Record<string, (store: ReviewStore) => void>> = {
  q: (store) => {
    if (document.activeElement?.closest('.queue') == null) {
      store.focusQueue();
    } else {
      store.showQueue(false);
      store.focusCard(store.focused);
    }
  },
  g: () => post({ type: 'command', command: 'goToRow' }),
  '/': (store) => store.focusSearch(),
  c: (store) => compare(store, { card: store.focused }),
  v: toggleMedia,
  x: toggleSentences,
  '[': (store) => stepSentence(store, -1),
  ']': (store) => stepSentence(store, 1),
  i: (store) => showFacts(store, document.activeElement?.closest('.factsec') == null),
  o: (store) => store.toggle('tilesShown', !store.layout.tilesShown),
  '+': () => zoomView()?.step(1),
  '-': () => zoomView()?.step(-1),
};

/** Keys that mean something else while two answers stand side by side. */
const COMPARING: Readonly<Record<string, (store: ReviewStore) => void>> = {
  ArrowLeft: (store) => chooseBetter(store, 'left'),
  ArrowRight: (store) => chooseBetter(store, 'right'),
  t: chooseTie,
  w: swapAnswer,
  c: closeComparison,
  // answers are edited on their cards
  e: (store) => {
    closeComparison(store);
    store.editing.open(store.focused);
  },
  a: (store) => {
    closeComparison(store);
    store.editing.open(undefined);
  },
};

/** Keys of the grid of cards: elsewhere they scroll, as in any text. */
const OF_THE_GRID: ReadonlySet<string> = new Set(['ArrowUp', 'ArrowDown', 'Home', 'End']);

/** Keys that do something with the answer that has focus. */
const OF_AN_ANSWER = /^(?:Arrow.*|Home|End|[0-9tcwpdx[\] ])$/;

/** Keys that say themselves which sample is next: counted from the one that is on its way. */
const CHOOSING: ReadonlySet<string> = new Set(['j', 'k', 'J', 'K']);

/** Keys that have nothing to do with a sample. */
const OF_THE_PAGE: ReadonlySet<string> = new Set(['q', 'Q', 'g', 'G', '/', '?', 'Escape']);

/** Handles a key for the whole page. */
export function onPageKey(store: ReviewStore, event: KeyboardEvent): void {
  const action = actionFor(store, event);
  if (action === undefined) {
    return;
  }
  event.preventDefault();
  if (!isDigit(event.key)) {
    store.firstDigit = undefined;
  }
  // what is pressed while the next sample is on its way is meant for that one
  const { upcoming } = store.navigation;
  if (!OF_THE_PAGE.has(event.key) && upcoming.mustWait(CHOOSING.has(event.key))) {
    upcoming.defer(() => action(store));
  } else {
    action(store);
  }
}

function actionFor(
  store: ReviewStore,
  event: KeyboardEvent,
): ((store: ReviewStore) => void) | undefined {
  const { key } = event;
  // on many keyboards brackets are typed with AltGr, which may count as Ctrl and Alt
  const isBracket = (key === '[' || key === ']') && event.getModifierState('AltGraph');
  if (store.layout.keysOpen || (event.altKey && !isBracket) || event.isComposing) {
    return undefined;
  }
  if (key === 'Escape') {
    return escape;
  }
  if ((event.ctrlKey && !isBracket) || event.metaKey) {
    return modified(event);
  }
  if (!store.keys || isTyping(event)) {
    return undefined;
  }
  if ((key === 'Enter' || key === ' ') && isPressable(event)) {
    return undefined; // on a button they press it
  }
  const name = key.length === 1 && !event.shiftKey ? key.toLowerCase() : key;
  if (store.answersCovered && OF_AN_ANSWER.test(name)) {
    return undefined; // nobody decides on what can't be seen
  }
  if (isDigit(key)) {
    return () => typeRank(store, Number(key), event.timeStamp);
  }
  if (store.pair !== undefined && OF_THE_GRID.has(name) && !event.shiftKey) {
    return undefined;
  }
  const tables =
    // signs come with shift on some keyboards and without on others
    event.shiftKey && !/^[?+/]$/.test(key)
      ? [SHIFTED]
      : [
          ...(store.pair === undefined ? [] : [COMPARING]),
          PLAIN,
          ...(store.surface === 'editor' ? [EDITOR] : []),
        ];
  return tables.find((table) => Object.hasOwn(table, name))?.[name];
}

function isDigit(key: string): boolean {
  return /^[0-9]$/.test(key);
}

/** @param atMs when it was pressed, milliseconds */
function typeRank(store: ReviewStore, digit: number, atMs: number): void {
  const { sample, focused } = store;
  if (sample === undefined) {
    return;
  }
  const at = { sample: sample.key, answers: sample.candidates.length, focused, atMs };
  const { candidate, place, isWhole } = rankTyped(digit, at, store.firstDigit);
  store.decisions.rank(candidate, place);
  store.firstDigit = isWhole
    ? undefined
    : { sample: sample.key, candidate, digit, focused: store.focused, atMs };
}

function modified(event: KeyboardEvent): ((store: ReviewStore) => void) | undefined {
  if (event.key === 'Enter') {
    return (store) => store.decisions.saveAndNext();
  }
  if (event.key.toLowerCase() === 'z' && !isTyping(event)) {
    return (store) => (event.shiftKey ? store.decisions.redo() : store.decisions.undo());
  }
  return undefined;
}

/** The element that has focus, also inside the toolkit's shadow roots. */
function origin(event: KeyboardEvent): Element | undefined {
  const [first] = event.composedPath();
  return first instanceof Element ? first : undefined;
}

function isTyping(event: KeyboardEvent): boolean {
  const element = origin(event);
  // a slider takes the keys that move it, and no text
  return element?.matches('input[type=range]') === true
    ? /^(?:Arrow.*|Home|End|Page.*)$/.test(event.key)
    : element?.matches('input, textarea, select, [contenteditable]') === true;
}

function isPressable(event: KeyboardEvent): boolean {
  return origin(event)?.matches('button, a, summary, [role=button], [role=option]') === true;
}

/** The picture on the page, if there is one. */
function zoomView(): ZoomView | null {
  return document.querySelector<ZoomView>('rl-zoom');
}

/** The video on the page, if there is one. */
function video(): VideoPlayer | null {
  return document.querySelector<VideoPlayer>('rl-video');
}

/** All of the answer's text, or as much as fits. */
function toggleText(index: number): void {
  document.querySelector<AnswerText>(`[data-card="${index}"] rl-answer-text`)?.toggle();
}

/** The card above or below in the grid, by where the cards are drawn. */
function cardInRow(from: number, step: -1 | 1): number {
  const cards = [...document.querySelectorAll<HTMLElement>('[data-card]')];
  const own = cards[from];
  if (own === undefined) {
    return from;
  }
  const columns = cards.filter((card) => card.offsetTop === own.offsetTop).length;
  const target = from + step * columns;
  return target >= 0 && target < cards.length ? target : from;
}
