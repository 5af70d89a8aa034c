// "Why this reward?": checks of one answer, each a button until it has a result.

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { SampleView } from '../../src/protocol/reviewProtocol';
import type { Check } from '../../src/sample/explanation';
import type { Asked } from '../explanations';
import { icon, keycap } from '../shared/parts';
import { StoreElement } from '../shared/storeElement';
import { letterOf, t } from '../words';
import { checkName, pendingLine } from './checkState';
import {
  groundingRows,
  groundingVerdict,
  resultWords,
  styleRows,
  type ResultRow,
} from './resultWords';

@customElement('rl-why')
export class WhyReward extends StoreElement {
  /** of the answer; without it that with focus */
  @property({ type: Number }) index: number | undefined;
  /** position of the picture that is shown */
  @property({ type: Number }) image = 0;
  @property({ attribute: false }) checks: readonly Check[] = [];
  /** the check whose button had focus before it was replaced */
  #focused: string | undefined;

  protected override willUpdate(): void {
    const active = document.activeElement;
    this.#focused = this.contains(active)
      ? active?.closest<HTMLElement>('[data-check]')?.dataset.check
      : undefined;
  }

  protected override updated(): void {
    if (this.#focused !== undefined && !this.contains(document.activeElement)) {
      this.querySelector<HTMLElement>(`[data-check="${this.#focused}"] button`)?.focus();
    }
  }

  protected override render(): TemplateResult {
    const { store, image } = this;
    const { sample } = store;
    if (sample === undefined) {
      return html``;
    }
    const index = this.index ?? store.focused;
    const all = this.checks
      .map((check): Asked => ({ sample, index, check, image }))
      .filter((asked) => store.explanations.canAsk(asked));
    return all.length === 0
      ? html``
      : html`<div class="sec why" role="group" aria-label=${t('Why this reward? Answer {0}', letterOf(index))}>
          <h2>${t('Why this reward?')} <span class="let">${letterOf(index)}</span></h2>
          <div class="checks">${all.map((asked) => this.#check(sample, asked))}</div>
        </div>`;
  }

  #check(sample: SampleView, asked: Asked): TemplateResult {
    const { state } = this.store.explanations.of(asked);
    return html`<div class="check ${state === 'none' ? '' : 'wide'}" data-check=${asked.check}>
      ${
        state === 'none'
          ? this.#button(sample, asked)
          : state === 'found'
            ? this.#result(sample, asked)
            : pendingLine(this.store, asked)
      }
    </div>`;
  }

  #button({ media }: SampleView, asked: Asked): TemplateResult {
    const { explanations } = this.store;
    return html`<button
      class="btn"
      title=${hintOf(asked.check)}
      @click=${() => {
        explanations.ask(asked);
        this.store.changed();
      }}
    >
      ${checkName(
        asked.check,
        media.some(({ kind }) => kind === 'video'),
      )}
      ${asked.check === 'sentences' ? keycap('X') : nothing}
    </button>`;
  }

  #result({ media }: SampleView, asked: Asked): TemplateResult | typeof nothing {
    const { explanations } = this.store;
    const view = explanations.of(asked);
    if (view.state !== 'found') {
      return nothing;
    }
    const hasVideo = media.some(({ kind }) => kind === 'video');
    const name = checkName(asked.check, hasVideo);
    const verdict = groundingVerdict(view);
    const isOpen = explanations.isOpen(asked);
    return html`<div class="checkline">
        <span class="what">
          ${
            verdict === undefined
              ? nothing
              : html`<b>${icon(verdict.isGrounded ? 'pass' : 'warning')} ${verdict.title}.</b>`
          }
          ${name}: <span class="num">${resultWords(view)}</span>
        </span>
        <button
          class="link"
          aria-expanded=${isOpen ? 'true' : 'false'}
          aria-label=${isOpen ? t('Hide: {0}', name) : t('Show: {0}', name)}
          @click=${() => {
            explanations.setOpen(asked, !isOpen);
            this.store.changed();
          }}
        >
          ${isOpen ? t('Hide') : t('Show')}
        </button>
      </div>
      ${isOpen ? this.#details(asked, hasVideo, verdict?.text) : nothing}`;
  }

  #details(
    asked: Asked,
    hasVideo: boolean,
    verdict: string | undefined,
  ): TemplateResult | typeof nothing {
    const view = this.store.explanations.of(asked);
    if (view.state !== 'found') {
      return nothing;
    }
    const { found } = view;
    switch (found.check) {
      case 'sentences':
        return nothing; // below the answer
      case 'grounding':
        return html`${verdict === undefined ? nothing : html`<p class="dim">${verdict}</p>`}
        ${resultTable(groundingRows(found, hasVideo))}`;
      case 'style':
        return resultTable(styleRows(found));
      case 'occlusion':
        return html`<p class="dim">
          ${t('On the picture: by how much the reward changes when a region is covered with the picture’s mean colour.')}
        </p>`;
    }
  }
}

function hintOf(check: Check): string {
  switch (check) {
    case 'sentences':
      return t('The reward of the answer cut after each of its sentences (X)');
    case 'grounding':
      return t('The reward without the picture, and with that of another sample');
    case 'style':
      return t('The reward without markdown, and cut to the length of the shortest answer');
    case 'occlusion':
      return t('The reward with each region of the picture covered');
  }
}

function resultTable(rows: readonly ResultRow[]): TemplateResult {
  return html`<table class="results">
    <thead>
      <tr>
        <td></td>
        <th scope="col">${t('reward')}</th>
        <th scope="col">${t('change')}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ name, reward, change }) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${reward}</td>
            <td>${change}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
