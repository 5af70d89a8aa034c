// Below two answers: which one is better, and what that makes of the whole order.

import { html, nothing, type TemplateResult } from 'lit';
import { isRanked } from '../../src/sample/ranking';
import type { Pair } from '../comparison';
import { orderSentence, pairSentence } from '../orderText';
import type { ReviewStore } from '../reviewStore';
import '../shared/noteField';
import { keycap } from '../shared/parts';
import { saveFailure, whatIsOdd } from '../shared/saveFailure';
import { onToolbarKey } from '../shared/toolbar';
import { letterOf, t } from '../words';
import { chooseBetter, chooseTie } from './compareActions';

export function compareDock(store: ReviewStore, pair: Pair): TemplateResult {
  return html`<footer class="dock cmpdock" aria-label=${t('Your choice')}>
    ${whatIsOdd(store)}
    ${store.layout.noteOpen ? html`<rl-note-field rows="2"></rl-note-field>` : nothing}
    ${store.decisions.saving.failure === undefined ? buttons(store, pair) : saveFailure(store.decisions)}
  </footer>`;
}

function buttons(store: ReviewStore, pair: Pair): TemplateResult {
  const { decisions, readOnly } = store;
  const { places, allBad } = decisions.draft;
  const [left = 0, right = 0] = [places[pair.left], places[pair.right]];
  const isDecided = left > 0 && right > 0;
  const button = (isOn: boolean, act: () => void, content: TemplateResult): TemplateResult =>
    html`<button
      class="btn"
      tabindex="-1"
      ?disabled=${store.answersCovered}
      aria-pressed=${isOn ? 'true' : 'false'}
      @click=${act}
    >
      ${content}
    </button>`;
  return html`<div class="dockrow" role="toolbar" aria-label=${t('Decide')} @keydown=${onToolbarKey}>
    <span class="lab">${t('Your choice')}</span>
    ${button(
      isDecided && left < right,
      () => chooseBetter(store, 'left'),
      html`${keycap('←')} ${t('{0} better', letterOf(pair.left))}`,
    )}
    ${button(isDecided && left === right, () => chooseTie(store), html`${t('Tie')} ${keycap('T')}`)}
    ${button(
      isDecided && left > right,
      () => chooseBetter(store, 'right'),
      html`${t('{0} better', letterOf(pair.right))} ${keycap('→')}`,
    )}
    ${button(
      allBad,
      () => decisions.toggleAllBad(),
      html`${places.length === 2 ? t('Both bad') : t('All bad')} ${keycap('B')}`,
    )}
    <p class="rest dim">${restText(store, pair)}</p>
    <span class="hint">${keycap('X')} ${t('sentences')}</span>
    <span class="hint">${keycap('W')} ${t('swap an answer')}</span>
    <span class="hint">${keycap('Esc')} ${t('all answers')}</span>
    <vscode-button
      class="pri"
      tabindex="-1"
      ?disabled=${readOnly}
      @click=${() => decisions.saveAndNext()}
      >${
        decisions.isSaved
          ? t('Next')
          : decisions.reveals
            ? t('Save and reveal')
            : t('Save and next')
      }
      ${keycap('↵')}</vscode-button
    >
  </div>`;
}

/** Where the two stand, and all the others with them. */
function restText({ decisions }: ReviewStore, pair: Pair): string {
  const { places, allBad } = decisions.draft;
  if (allBad) {
    return places.length === 2 ? t('Both are bad.') : t('All {0} are bad.', places.length);
  }
  const own = pairSentence(places, pair);
  return places.length > 2 && isRanked(places) ? `${own} ${orderSentence(places)}` : own;
}
