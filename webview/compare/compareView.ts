// Two answers side by side: bar, both sides, and the decision below.

import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../editor/mediaColumn';
import { noticeList } from '../shared/parts';
import { StoreElement } from '../shared/storeElement';
import { t } from '../words';
import { compareBar } from './compareBar';
import { keepTabStop } from '../shared/toolbar';
import './comparePane';
import { compareDock } from './compareDock';

@customElement('rl-compare')
export class CompareView extends StoreElement {
  protected override render(): TemplateResult {
    const { store } = this;
    const { sample, pair, layout, mediaBetween, answersCovered } = store;
    if (sample === undefined || pair === undefined) {
      return html``;
    }
    const urgent = store.notices.filter(({ kind }) => kind !== 'info');
    const between = mediaBetween && (layout.mediaFilled || layout.factsOpen);
    const pane = (index: number, other: number): TemplateResult =>
      html`<rl-compare-pane
        ?inert=${answersCovered}
        .index=${index}
        .other=${other}
      ></rl-compare-pane>`;
    return html`
      <section class="sides ${between ? 'between' : ''}" aria-label=${t('Compare two answers')}>
        ${compareBar(store, sample, pair)} ${noticeList(urgent)}
        <div class="panes">
          ${pane(pair.left, pair.right)}
          ${
            between || answersCovered
              ? html`<rl-media-column class=${answersCovered ? 'over' : ''}></rl-media-column>`
              : nothing
          }
          ${pane(pair.right, pair.left)}
        </div>
        ${compareDock(store, pair)}
      </section>
    `;
  }

  protected override updated(): void {
    for (const bar of this.querySelectorAll<HTMLElement>('.cmpbar, .cmpdock [role=toolbar]')) {
      keepTabStop(bar);
    }
  }
}
