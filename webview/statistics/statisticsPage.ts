// The statistics page: selection, key figures, figures.

import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { DatasetStatistics } from '../../src/sample/statistics';
import '../shared/menu';
import { icon } from '../shared/parts';
import { post } from '../vscodeApi';
import { countText, t } from '../words';
import type { Figure } from './figure';
import './figureElement';
import { agreementFigure } from './figures/agreement';
import { bestOfNFigure } from './figures/bestOfN';
import { lengthFigure } from './figures/length';
import { reliabilityFigure } from './figures/reliability';
import { rewardsFigure } from './figures/rewards';
import { sourcesFigure } from './figures/sources';
import { keyFigures, type KeyFigure } from './keyFigures';
import { statisticsBar } from './statisticsBar';
import { store } from './statisticsStore';

@customElement('rl-statistics-page')
export class StatisticsPage extends LitElement {
  #drawnFrom: DatasetStatistics | undefined;
  #figures: readonly Figure[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    store.addEventListener('change', () => this.requestUpdate());
  }

  protected override render(): TemplateResult {
    const { statistics, fault } = store;
    if (statistics === undefined) {
      return html`<main class="loading" role="status">
        ${fault ?? (store.computing ? t('Computing…') : t('Loading…'))}
      </main>`;
    }
    if (statistics !== this.#drawnFrom) {
      this.#drawnFrom = statistics;
      this.#figures = figuresOf(statistics);
    }
    return html`<main class="stats" aria-busy=${store.computing ? 'true' : 'false'}>
      ${statisticsBar(store, statistics, this.#figures)}
      <dl class="kpis">${keyFigures(statistics).map(keyFigure)}</dl>
      ${this.#notes(statistics)}
      <div class="figures">
        ${this.#figures.map((figure) => html`<rl-figure .figure=${figure}></rl-figure>`)}
      </div>
      <rl-menu></rl-menu>
      <div class="vh" role="status" aria-live="polite">${store.said}</div>
    </main>`;
  }

  /** What the numbers lack. */
  #notes({ facts }: DatasetStatistics): TemplateResult | typeof nothing {
    const lacking = facts.samples - facts.scored;
    const parts = [
      ...(store.fault === undefined ? [] : [html`${icon('error')} <span>${store.fault}</span>`]),
      ...(facts.unscored > 0
        ? [
            html`<span
              >${
                facts.unscored === 1
                  ? t('1 verdict lacks a reward in this window.')
                  : t('{0} verdicts lack rewards in this window.', countText(facts.unscored))
              }</span
            >`,
          ]
        : []),
      ...(lacking > 0
        ? [
            html`<span
                >${t('Rewards of {0} of {1} samples are known.', countText(facts.scored), countText(facts.samples))}</span
              >
              <button class="link" @click=${() => post({ type: 'scoreAll' })}>
                ${t('Score the others')}
              </button>`,
          ]
        : []),
      ...(facts.stale > 0
        ? [
            html`<span
              >${
                facts.stale === 1
                  ? t('1 verdict is about a sample that has changed since; it does not count.')
                  : t(
                      '{0} verdicts are about samples that have changed since; they do not count.',
                      countText(facts.stale),
                    )
              }</span
            >`,
          ]
        : []),
    ];
    return parts.length === 0 ? nothing : html`<div class="lacks">${parts}</div>`;
  }
}

function keyFigure({ name, value, detail }: KeyFigure): TemplateResult {
  return html`<div class="kpi">
    <dt>${name}</dt>
    <dd><b>${value}</b> <small>${detail}</small></dd>
  </div>`;
}

function figuresOf(statistics: DatasetStatistics): readonly Figure[] {
  return [
    rewardsFigure(statistics),
    agreementFigure(statistics),
    reliabilityFigure(statistics),
    lengthFigure(statistics),
    bestOfNFigure(statistics),
    sourcesFigure(statistics),
  ];
}
