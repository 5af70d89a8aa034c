// Keys of both places. Plain keys work when focus is in the page and not in a text field.

import type { ReviewStore } from './reviewStore';
import type { AnswerText } from './shared/answerText';
import { post } from './vscodeApi';
import { t } from './words';

/** What "?" shows: keys, and what they do. */
export function keyHelp(): readonly (readonly [readonly string[], string])[] {
  return [
    [['←', '→', '↑', '↓'], t('Previous, next answer; by row')],
    [['Home', 'End'], t('First, last answer')],
    [['1', '…', '9'], t('Rank of this answer; the same again elsewhere ties')],
    [['0'], t('Take its rank away')],
    [['⇧ ↑', '⇧ ↓'], t('One rank better, worse')],
    [['T'], t('Tie with the rank above; again separates')],
    [['M'], t('Take the model’s order')],
    [['B'], t('All bad; again off')],
    [['S', 'F'], t('Skip, flag')],
    [['N'], t('Note; Esc leaves it')],
    [['Space'], t('All of a long answer')],
    [['↵', 'Ctrl ↵'], t('Save and next')],
    [['Z', '⇧ Z'], t('Undo, redo, over all samples')],
    [['J', 'K'], t('Next, previous sample')],
    [['U'], t('Next unreviewed sample')],
    [['Q'], t('Queue')],
    [['L'], t('This line in the text editor')],
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
  t: (store) => store.tie(store.focused),
  m: (store) => store.accept(),
  b: (store) => store.toggleAllBad(),
  s: (store) => store.skip(),
  f: (store) => store.toggleFlag(),
  n: (store) => store.toggle('noteOpen', true),
  Enter: (store) => store.saveAndNext(),
  z: (store) => store.undo(),
  j: (store) => store.next(),
  k: (store) => store.previous(),
  u: (store) => store.nextUnreviewed(),
  q: (store) => store.toggle('queueOpen'),
  l: (store) => {
    if (store.sample !== undefined) {
      post({ type: 'goToLine', key: store.sample.key });
    }
  },
  ' ': (store) => toggleText(store.focused),
  '?': (store) => store.toggle('keysOpen', true),
};

const SHIFTED: Readonly<Record<string, (store: ReviewStore) => void>> = {
  ArrowUp: (store) => store.move(store.focused, -1),
  ArrowDown: (store) => store.move(store.focused, 1),
  Z: (store) => store.redo(),
};

/** Handles a key for the whole page. */
export function onPageKey(store: ReviewStore, event: KeyboardEvent): void {
  const action = actionFor(store, event);
  if (action !== undefined) {
    action(store);
    event.preventDefault();
  }
}

function actionFor(
  store: ReviewStore,
  event: KeyboardEvent,
): ((store: ReviewStore) => void) | undefined {
  const { key } = event;
  if (store.keysOpen || event.altKey || event.isComposing) {
    return undefined;
  }
  if (event.ctrlKey || event.metaKey) {
    return modified(event);
  }
  if (!store.keys || isTyping(event)) {
    return undefined;
  }
  if ((key === 'Enter' || key === ' ') && isPressable(event)) {
    return undefined; // on a button they press it
  }
  if (/^[0-9]$/.test(key)) {
    return () => store.rank(store.focused, Number(key));
  }
  const table = event.shiftKey && key !== '?' ? SHIFTED : PLAIN;
  const name = key.length === 1 && !event.shiftKey ? key.toLowerCase() : key;
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function modified(event: KeyboardEvent): ((store: ReviewStore) => void) | undefined {
  if (event.key === 'Enter') {
    return (store) => store.saveAndNext();
  }
  if (event.key.toLowerCase() === 'z' && !isTyping(event)) {
    return (store) => (event.shiftKey ? store.redo() : store.undo());
  }
  return undefined;
}

/** The element that has focus, also inside the toolkit's shadow roots. */
function origin(event: KeyboardEvent): Element | undefined {
  const [first] = event.composedPath();
  return first instanceof Element ? first : undefined;
}

function isTyping(event: KeyboardEvent): boolean {
  return origin(event)?.matches('input, textarea, select, [contenteditable]') === true;
}

function isPressable(event: KeyboardEvent): boolean {
  return origin(event)?.matches('button, a, summary, [role=button], [role=option]') === true;
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
