// A large card: one answer with its reward.

import { html, nothing, type TemplateResult } from 'lit';
import { compare } from '../compare/compareActions';
import { cardLabel, formerReward, scoreOf, tabStop, type CardData } from '../shared/cardData';
import {
  answerCounts,
  answerText,
  editButton,
  editChip,
  moreButton,
  pinButton,
  rankPill,
  sourceName,
} from '../shared/cardParts';
import { editedCard } from '../shared/editedCard';
import { icon } from '../shared/parts';
import { sentencePart } from '../explain/sentencePart';
import { rewardAside, rewardValue, scoreFault } from '../shared/rewardParts';
import { rewardStrip } from '../shared/strip';
import { letterOf, t } from '../words';

export function answerCard(data: CardData): TemplateResult {
  const { store, sample, index } = data;
  if (store.editing.isOpen(index)) {
    return editedCard(data, false);
  }
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
        ${sourceName(data)}
        ${editChip(data)}
        <span class="sp"></span>
        ${rankPill(data)}
      </div>
      ${
        sample.blind
          ? nothing
          : html`<div class="rw">
                ${rewardValue(data)}<span class="sp"></span
                ><span class="mg">${rewardAside(data)}</span>
              </div>
              ${rewardStrip(
                store.decisions.rewards,
                index,
                sample.score.medianRange,
                formerReward(data),
              )}`
      }
      <div class="cb">
        ${scoreFault(data)}
        ${answerText(data)}
      </div>
      ${sentencePart(data)}
      <div class="cf">
        ${answerCounts(data)}
        <span class="sp"></span>
        ${pinButton(data)} ${compareButton(data)} ${editButton(data)} ${moreButton(data)}
      </div>
    </div>
  `;
}

/** This answer beside the base. */
function compareButton(data: CardData): TemplateResult | typeof nothing {
  const { store, sample, index } = data;
  const label = t('Side by side');
  return sample.candidates.length < 2
    ? nothing
    : html`<button
        class="tb sq"
        data-action="compare"
        tabindex=${tabStop(data)}
        aria-label=${label}
        title=${`${label} (C)`}
        @click=${() => compare(store, { card: index, button: 'card' })}
      >
        ${icon('split-horizontal')}
      </button>`;
}
