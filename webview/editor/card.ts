// A large card: one answer with its reward.

import { html, type TemplateResult } from 'lit';
import { cardLabel, scoreOf, type CardData } from '../shared/cardData';
import { answerCounts, answerText, moreButton, pinButton, rankPill } from '../shared/cardParts';
import { rewardAside, rewardValue, scoreFault } from '../shared/rewardParts';
import { rewardStrip } from '../shared/strip';
import { letterOf, t } from '../words';

export function answerCard(data: CardData): TemplateResult {
  const { store, sample, index } = data;
  const source = sample.candidates[index]?.source;
  const state = scoreOf(data).state;
  const focused = store.focused === index;
  return html`
    <div
      class="card"
      role="group"
      data-card=${index}
      tabindex=${focused ? '0' : '-1'}
      aria-label=${cardLabel(data)}
      @focusin=${() => store.cardFocused(index)}
    >
      ${state === 'scoring' ? html`<span class="load"></span>` : ''}
      <div class="ch">
        <span class="let">${letterOf(index)}</span>
        <span class="src ${source === undefined ? 'dim' : ''}">${source ?? t('no source')}</span>
        <span class="sp"></span>
        ${rankPill(data)}
      </div>
      <div class="rw">
        ${rewardValue(data)}<span class="sp"></span><span class="mg">${rewardAside(data)}</span>
      </div>
      ${rewardStrip(store.decisions.rewards, index, sample.score.medianRange)}
      <div class="cb">
        ${scoreFault(data)}
        ${answerText(data)}
      </div>
      <div class="cf">
        ${answerCounts(data)}
        <span class="sp"></span>
        ${pinButton(data)} ${moreButton(data)}
      </div>
    </div>
  `;
}
