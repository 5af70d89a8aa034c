// A compact card for the side panel: three lines of text, the same keys.

import { html, nothing, type TemplateResult } from 'lit';
import {
  cardLabel,
  formerReward,
  margins,
  scoreOf,
  sourceWords,
  type CardData,
} from '../shared/cardData';
import {
  answerCounts,
  answerText,
  editButton,
  editChip,
  moreButton,
  pinButton,
  rankPill,
} from '../shared/cardParts';
import { editedCard } from '../shared/editedCard';
import {
  rankWords,
  rewardAside,
  rewardValue,
  scoreFault,
  standInChip,
  wasText,
} from '../shared/rewardParts';
import { rewardStrip } from '../shared/strip';
import { letterOf, marginText, rewardText, t } from '../words';

export function compactCard(data: CardData): TemplateResult {
  const { store, sample, index } = data;
  const score = scoreOf(data);
  if (store.editing.isOpen(index)) {
    return editedCard(data, true);
  }
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
                  >${standInChip(store)}${rankWords(data)}<span class="dim">${marginShort(data)}</span>${wasText(formerReward(data))}`
              : html`${rewardValue(data)} <span class="dim">${rewardAside(data)}</span>`
          }
        </div>
        ${rankPill(data)}
        ${
          sample.blind
            ? nothing
            : rewardStrip(
                store.decisions.rewards,
                index,
                sample.score.medianRange,
                formerReward(data),
              )
        }
        ${editChip(data)}
        ${scoreFault(data)}
        ${answerText(data)}
      </div>
      <div class="cf">
        ${answerCounts(data, sourceWords(data))}
        <span class="sp"></span>
        ${pinButton(data)} ${editButton(data)} ${moreButton(data)}
      </div>
    </div>
  `;
}

/** "best", "−1.44" */
function marginShort(data: CardData): string {
  const found = margins(data);
  return found === undefined ? '' : found.toBest === 0 ? t('best') : marginText(found.toBest);
}
