// A compact card for the side panel: three lines of text, the same keys.

import { html, type TemplateResult } from 'lit';
import {
  cardLabel,
  countWords,
  margins,
  modelRank,
  moreButton,
  rankPill,
  rewardAside,
  rewardValue,
  scoreFault,
  scoreOf,
  standInChip,
  type CardData,
} from '../shared/cardParts';
import '../shared/answerText';
import { rewardStrip } from '../shared/strip';
import { letterOf, marginText, rewardText, t } from '../words';

export function compactCard(data: CardData): TemplateResult {
  const { store, sample, index } = data;
  const { text, source } = sample.candidates[index] ?? { text: '' };
  const score = scoreOf(data);
  return html`
    <div
      class="card"
      role="group"
      data-card=${index}
      tabindex=${store.focused === index ? '0' : '-1'}
      aria-label=${cardLabel(data)}
      @focusin=${() => store.cardFocused(index)}
    >
      ${score.state === 'scoring' ? html`<span class="load"></span>` : ''}
      <div class="cc">
        <span class="let">${letterOf(index)}</span>
        <div class="meta">
          ${
            score.state === 'scored'
              ? html`<b title=${t('Only differences within one sample mean something.')}
                    >${rewardText(score.reward)}</b
                  >${standInChip(store)}<span class="mr">${modelRank(data)}</span
                  ><span class="dim">${marginShort(data)}</span>`
              : html`${rewardValue(data)} <span class="dim">${rewardAside(data)}</span>`
          }
        </div>
        ${rankPill(data)} ${rewardStrip(store.decisions.rewards, index, sample.score.medianRange)}
        ${scoreFault(data)}
        <rl-answer-text .text=${text} ?reachable=${store.focused === index}></rl-answer-text>
      </div>
      <div class="cf">
        <span class="cnt">${source ?? t('no source')} · ${countWords(data)}</span>
        <span class="sp"></span>
        ${moreButton(data)}
      </div>
    </div>
  `;
}

/** "best", "−1.44" */
function marginShort(data: CardData): string {
  const found = margins(data);
  return found === undefined ? '' : found.toBest === 0 ? t('best') : marginText(found.toBest);
}
