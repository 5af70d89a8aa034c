// The page of the review editor.

import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { StoreElement } from '../shared/storeElement';
import { styled, type Styles } from '../shared/styled';
import { t } from '../words';
import '../compare/compareView';
import './answers';
import './divider';
import './dock';
import './keysDialog';
import './mediaColumn';
import './queue';
import './topBar';

@customElement('rl-review-page')
export class ReviewPage extends StoreElement {
  protected override render(): TemplateResult {
    const { store } = this;
    if (!store.loaded) {
      return html`<div class="loading" role="status">${t('Loading…')}</div>`;
    }
    return html`
      <div class="app ${store.layout.queueShown ? '' : 'noq'}" ${styled(this.#widths())}>
        <rl-top-bar></rl-top-bar>
        ${store.layout.queueShown ? html`<rl-queue></rl-queue>` : ''}
        ${
          store.pair === undefined
            ? html`<main class="stage ${store.answersCovered ? 'filled' : ''}">
                <rl-media-column></rl-media-column>
                <rl-divider column="media"></rl-divider>
                <rl-answers ?inert=${store.answersCovered}></rl-answers>
                <rl-dock></rl-dock>
                <rl-menu></rl-menu>
              </main>`
            : html`<main class="two">
                <rl-compare></rl-compare>
                <rl-menu></rl-menu>
              </main>`
        }
      </div>
      <rl-keys-dialog></rl-keys-dialog>
    `;
  }

  /** Empty where nothing was chosen: then the style sheet decides. */
  #widths(): Styles {
    const { layout } = this.store;
    const pixels = (width: number | undefined): string => (width === undefined ? '' : `${width}px`);
    return {
      '--queue-width': pixels(layout.widthOf('queue')),
      '--media-width': pixels(layout.widthOf('media')),
    };
  }
}
