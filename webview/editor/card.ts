// A large card: one answer with its reward.

import { html, type TemplateResult } from 'lit';
import {
  cardLabel,
  countWords,
  moreButton,
  rankPill,
  rewardAside,
  rewardValue,
  scoreFault,
  scoreOf,
  type CardData,
} from '../shared/cardParts';
import '../shared/answerText';
import { rewardStrip } from '../shared/strip';
import { letterOf, t } from '../words';

export function answerCard(data: CardData): TemplateResult {
  const { store, sample, index } = data;
  const { text, source } = sample.candidates[index] ?? { text: '' };
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
        <rl-answer-text .text=${text} ?reachable=${focused}></rl-answer-text>
      </div>
      <div class="cf">
        <span class="cnt">${countWords(data)}</span>
        <span class="sp"></span>
        ${moreButton(data)}
      </div>
    </div>
  `;
}
