// The reward on a card: the number, or what keeps it, and what went wrong.

import { html, nothing, type TemplateResult } from 'lit';
import { DEMO_LABEL } from '../../src/sample/standIn';
import type { ReviewStore } from '../reviewStore';
import { post } from '../vscodeApi';
import { rewardText, t } from '../words';
import { formerReward, marginWords, modelRank, scoreOf, tabStop, type CardData } from './cardData';
import './elapsed';
import { icon } from './parts';

/** The chip that marks every reward of a stand-in. */
export function standInChip(store: ReviewStore): TemplateResult | typeof nothing {
  const { label } = store.engine;
  return label === undefined
    ? nothing
    : html`<span
        class="chip"
        title=${
          label === DEMO_LABEL
            ? t('Demo model: judges synthetic shapes only.')
            : t('This reward comes from a stand-in model and means nothing.')
        }
        >${label}</span
      >`;
}

/** Where the reward stands: the number, or what keeps it. */
export function rewardValue(data: CardData): TemplateResult {
  const score = scoreOf(data);
  switch (score.state) {
    case 'scored':
      return html`<span class="val" title=${t('Only differences within one sample mean something.')}
          >${rewardText(score.reward)}</span
        >${standInChip(data.store)}${rankWords(data)}${wasText(formerReward(data))}`;
    case 'waiting':
      return html`<span class="wait">${t('Waiting, {0} before it', score.before)}</span>`;
    case 'scoring':
      return html`<span class="wait"
        >${
          score.attempt > 1 ? t('Scoring again… try {0} of 3', score.attempt) : t('Scoring…')
        } <rl-elapsed .of=${score.attempt}></rl-elapsed></span
      >${wasText(formerReward(data))}`;
    case 'error':
      return html`<span class="wait">${icon('warning')} ${t('No reward')}</span>`;
    case 'none':
      return html`<span class="wait">${t('Not scored')}</span>`;
    case 'hidden':
      return html``;
  }
}

/** The model's rank; what "≈" means is its tooltip. */
export function rankWords(data: CardData): TemplateResult {
  const words = modelRank(data) ?? '';
  const floor = data.store.noiseFloor.toPrecision(1);
  const why = t('Closer than {0}, the noise of this device: the same rank.', floor);
  return html`<span class="mr" title=${words.startsWith('≈') ? why : nothing}>${words}</span>`;
}

/** "was 3.12": the reward before an edit. */
export function wasText(reward: number | null): TemplateResult | typeof nothing {
  return reward === null
    ? nothing
    : html`<span class="dim num">${t('was {0}', rewardText(reward))}</span>`;
}

/** Beside the reward: margin, or the way to stop. */
export function rewardAside(data: CardData): TemplateResult {
  const { sample } = data;
  const score = scoreOf(data);
  switch (score.state) {
    case 'scored':
      return html`${marginWords(data)}`;
    case 'waiting':
    case 'scoring':
      return html`<button
        class="link"
        tabindex=${tabStop(data)}
        @click=${() => post({ type: 'cancelScoring', key: sample.key })}
      >
        ${t('Cancel')}
      </button>`;
    case 'error':
      return html`${t('not in the model’s order')}`;
    case 'none':
      return html`<button
        class="link"
        tabindex=${tabStop(data)}
        @click=${() => post({ type: 'scoreAgain', key: sample.key })}
      >
        ${t('Score')}
      </button>`;
    case 'hidden':
      return html``;
  }
}

/** What went wrong, in the card. The text stays readable and can be ranked. */
export function scoreFault(data: CardData): TemplateResult | typeof nothing {
  const score = scoreOf(data);
  return score.state !== 'error'
    ? nothing
    : html`<div class="msg error">
        ${icon('error')}
        <div>
          ${score.text}
          <span class="acts">
            ${
              data.sample.hasText
                ? html`<button
                  class="link"
                  tabindex=${tabStop(data)}
                  @click=${() => post({ type: 'goToLine', key: data.sample.key })}
                >
                  ${t('Go to line {0}', data.sample.line)}
                </button>`
                : nothing
            }
            <button
              class="link"
              tabindex=${tabStop(data)}
              @click=${() => post({ type: 'scoreAgain', key: data.sample.key })}
            >
              ${t('Score again')}
            </button>
          </span>
        </div>
      </div>`;
}
