// A card whose answer is being edited in its place, or a new one that is being written.

import { html, nothing, type TemplateResult } from 'lit';
import { letterOf, rewardText, t } from '../words';
import './answerField';
import { sourceWords, type CardData } from './cardData';
import { keycap } from './parts';
import './elapsed';
import { standInChip, wasText } from './rewardParts';
import { rewardStrip } from './strip';

/**
 * @param data its index is the number of answers for a new one
 * @param isCompact in the side panel
 */
export function editedCard(data: CardData, isCompact: boolean): TemplateResult {
  const { store, sample, index } = data;
  const { editing } = store;
  const letter = letterOf(index);
  const isNew = editing.draft?.candidate === undefined;
  const hasSource = !isNew && sample.candidates[index]?.source !== undefined;
  return html`
    <div
      class="card editing"
      role="group"
      data-card=${index}
      tabindex="-1"
      aria-label=${isNew ? t('New answer {0}', letter) : t('Editing answer {0}', letter)}
      @focusin=${() => (isNew ? undefined : store.cardFocused(index))}
    >
      ${editing.score.state === 'scoring' ? html`<span class="load"></span>` : ''}
      <div class="ch">
        <span class="let">${letter}</span>
        <span class="src ${hasSource ? '' : 'dim'}"
          >${isNew ? t('a new answer') : sourceWords(data)}</span
        >
        <span class="sp"></span>
        <span class="dim">${editing.isChanged ? t('Not saved') : ''}</span>
      </div>
      ${sample.blind ? nothing : rewardParts(data)}
      <div class="cb">
        ${
          editing.score.state === 'error'
            ? html`<div class="msg error"><div>${editing.score.text}</div></div>`
            : nothing
        }
        <rl-answer-field
          .label=${isNew ? t('New answer') : t('Text of answer {0}', letter)}
          .rows=${isCompact ? 5 : 8}
        ></rl-answer-field>
        <div class="editacts">
          <vscode-button class="pri" @click=${() => editing.save()}
            >${t('Save')} ${keycap('Ctrl ↵')}</vscode-button
          >
          <vscode-button appearance="secondary" @click=${() => editing.leave()}
            >${t('Leave')} ${keycap('Esc')}</vscode-button
          >
          ${
            editing.isChanged
              ? html`<button class="link" @click=${() => editing.discard()}>${t('Discard')}</button>`
              : nothing
          }
        </div>
      </div>
    </div>
  `;
}

/** The reward of what is written, beside what it was and the others. */
function rewardParts(data: CardData): TemplateResult {
  const { store, sample, index } = data;
  const { editing } = store;
  const { rewards } = store.decisions;
  const all = [...rewards.slice(0, index), ownReward(data), ...rewards.slice(index + 1)];
  const former = editing.isChanged ? editing.savedReward : null;
  return html`<div class="rw">
      ${rewardOf(data)}${wasText(former)}
      <span class="sp"></span>
      ${
        editing.score.state === 'scoring'
          ? html`<button class="link" @click=${() => editing.cancel()}>${t('Cancel')}</button>`
          : nothing
      }
    </div>
    ${rewardStrip(all, index, sample.score.medianRange, former)}`;
}

/** Of what is written, never of what was written before. */
function ownReward({ store: { editing } }: CardData): number | null {
  if (!editing.isChanged) {
    return editing.savedReward;
  }
  return editing.score.state === 'scored' ? editing.score.reward : null;
}

function rewardOf(data: CardData): TemplateResult {
  const reward = ownReward(data);
  if (reward !== null) {
    return html`<span class="val">${rewardText(reward)}</span>${standInChip(data.store)}`;
  }
  const { state } = data.store.editing.score;
  return html`<span class="wait"
    >${
      state === 'scoring'
        ? html`${t('Scoring…')} <rl-elapsed .of=${data.store.editing.draft?.text ?? ''}></rl-elapsed>`
        : state === 'error'
          ? t('No reward')
          : t('Scored when you pause')
    }</span
  >`;
}
