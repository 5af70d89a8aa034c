// One of two answers side by side: its numbers, and its text with numbered sentences.

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { lookAt, shownCurve } from '../explain/explainActions';
import { sentenceFocus, sentencePart } from '../explain/sentencePart';
import '../explain/whyReward';
import { cardLabel, scoreOf, type CardData } from '../shared/cardData';
import { answerCounts, moreButton, rankPill, sourceName } from '../shared/cardParts';
import { rewardAside, rewardValue, scoreFault } from '../shared/rewardParts';
import { StoreElement } from '../shared/storeElement';
import { countText, letterOf, marginText, t } from '../words';

@customElement('rl-compare-pane')
export class ComparePane extends StoreElement {
  @property({ type: Number }) index = 0;
  /** the answer on the other side */
  @property({ type: Number }) other = 0;
  /** words that the other one lacks; `undefined` while none are marked */
  @state() private ownWords: number | undefined;

  protected override render(): TemplateResult {
    const { store, index, other } = this;
    const { sample } = store;
    if (sample === undefined) {
      return html``;
    }
    const data: CardData = { store, sample, index };
    return html`
      <div
        class="pane"
        role="group"
        data-card=${index}
        tabindex="0"
        aria-label=${cardLabel(data)}
        @focusin=${() => store.cardFocused(index)}
      >
        <div class="ph">
          <span class="let">${letterOf(index)}</span>
          ${sourceName(data)}
          <span class="rw">${rewardValue(data)}</span>
          <span class="dim n">${this.#margin(data)}</span>
          <span class="sp"></span>
          ${answerCounts(data)} ${this.#ownWords()} ${rankPill(data)} ${moreButton(data)}
        </div>
        ${scoreFault(data)}
        <rl-answer-text
          numbered
          .sentences=${sentenceFocus(store, index)}
          @look=${({ detail }: CustomEvent<number | undefined>) =>
            lookAt(store, detail === undefined ? undefined : { index, sentence: detail })}
          .text=${sample.candidates[index]?.text ?? ''}
          .raw=${store.textView.raw}
          .base=${store.textView.marks ? sample.candidates[other]?.text : undefined}
          ?readmarks=${store.textView.readMarks}
          ?reachable=${store.focused === index}
          @marked=${(event: CustomEvent<number | undefined>) => {
            this.ownWords = event.detail;
          }}
        ></rl-answer-text>
        ${this.#foot(data)}
      </div>
    `;
  }

  /** The strip, on one scale with the other side's, and the checks. */
  #foot(data: CardData): TemplateResult | typeof nothing {
    const strip = sentencePart(data, [this.other]);
    return strip === nothing
      ? nothing
      : html`<div class="panefoot">
          ${
            shownCurve(this.store, this.index) === undefined
              ? nothing
              : html`<rl-why .index=${this.index} .checks=${['grounding', 'style'] as const}></rl-why>`
          }
          ${strip}
        </div>`;
  }

  /** "+2.72 to C", or what can be done about the reward. */
  #margin(data: CardData): TemplateResult {
    const { rewards } = this.store.decisions;
    const [own, others] = [rewards[this.index] ?? null, rewards[this.other] ?? null];
    return scoreOf(data).state === 'scored' && own !== null
      ? html`${others === null ? '' : t('{0} to {1}', marginText(own - others), letterOf(this.other))}`
      : rewardAside(data);
  }

  #ownWords(): TemplateResult | typeof nothing {
    const { ownWords } = this;
    const words = ownWords === 1 ? t('1 word') : t('{0} words', countText(ownWords ?? 0));
    return ownWords === undefined
      ? nothing
      : html`<span class="dim only"><ins class="d">${words}</ins> ${t('only here')}</span>`;
  }
}
