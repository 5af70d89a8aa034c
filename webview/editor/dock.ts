// The ranking dock: your order above, what to do with it below.

import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { disagreements } from '../../src/sample/ranking';
import { orderInSigns } from '../orderText';
import { icon, keycap } from '../shared/parts';
import { StoreElement } from '../shared/storeElement';
import { saveFailure, whatIsOdd } from '../shared/saveFailure';
import { keepTabStop, onToolbarKey } from '../shared/toolbar';
import { clockText, letterOf, t } from '../words';
import './orderStrip';

@customElement('rl-dock')
export class Dock extends StoreElement {
  protected override render(): TemplateResult {
    const { store } = this;
    return html`
      <footer class="dock" aria-label=${t('Your ranking')}>
        <div class="dockrow">
          <span class="lab">${t('Your order')}</span>
          <rl-order></rl-order>
          ${this.#modelOrder()}
        </div>
        ${whatIsOdd(store)}
        ${store.decisions.saving.failure === undefined ? this.#buttons() : saveFailure(store.decisions)}
      </footer>
    `;
  }

  /** The model's order and one sentence on the difference. */
  #modelOrder(): TemplateResult | typeof nothing {
    const { decisions } = this.store;
    const groups = decisions.modelGroups;
    if (groups.length === 0) {
      return nothing;
    }
    const [first] = disagreements(decisions.draft.places, decisions.modelPlaces);
    const order = orderInSigns(groups);
    return html`
      <span class="opt theirs" title=${order}
        ><span class="dim">${t('Model')}</span> ${order}</span
      >
      ${
        first === undefined
          ? nothing
          : html`<span class="chip opt opt3"
              >${icon('arrow-swap')}
              ${t('you put {0} over {1}', letterOf(first[0]), letterOf(first[1]))}</span
            >`
      }
    `;
  }

  #state(): string {
    const { decisions, sample } = this.store;
    if (decisions.saving.isUnderWay) {
      return t('Saving…');
    }
    const decision = sample?.verdict.decision;
    if (decision === undefined || !decisions.isSaved) {
      return t('Not saved');
    }
    const time = clockText(decision.at);
    switch (decision.kind) {
      case 'skip':
        return t('Skipped {0}', time);
      case 'rank':
        return decision.accepted ? t('Accepted {0}', time) : t('Saved {0}', time);
      case 'allBad':
        return t('Saved {0}', time);
    }
  }

  #buttons(): TemplateResult {
    const { store } = this;
    const flagged = store.sample?.verdict.flagged === true;
    const disabled = store.sample === undefined;
    const cannotSave = disabled || store.readOnly;
    const hasOrder = store.decisions.modelGroups.length > 0;
    const isOnly = store.sample?.candidates.length === 1;
    return html`
      <div class="dockrow" role="toolbar" aria-label=${t('Decide')} @keydown=${onToolbarKey}>
        <span class="lab">${this.#state()}</span>
        ${
          store.sample?.blind === true
            ? nothing
            : html`<vscode-button
                appearance="secondary"
                ?disabled=${disabled || !hasOrder}
                @click=${() => store.decisions.accept()}
                >${t('Accept model’s order')} ${keycap('M')}</vscode-button
              >`
        }
        <button
          class="btn"
          tabindex="-1"
          ?disabled=${disabled}
          aria-pressed=${store.decisions.draft.allBad ? 'true' : 'false'}
          @click=${() => store.decisions.toggleAllBad()}
        >
          ${isOnly ? t('Bad') : t('All bad')} ${keycap('B')}
        </button>
        <vscode-button
          appearance="secondary"
          tabindex="-1"
          ?disabled=${cannotSave}
          class="opt"
          @click=${() => store.decisions.skip()}
          >${t('Skip')} ${keycap('S')}</vscode-button
        >
        <button
          class="btn opt"
          tabindex="-1"
          ?disabled=${cannotSave}
          aria-pressed=${flagged ? 'true' : 'false'}
          @click=${() => store.decisions.toggleFlag()}
        >
          ${icon('report')} ${t('Flag')} ${keycap('F')}
        </button>
        <vscode-button
          appearance="secondary"
          tabindex="-1"
          ?disabled=${disabled}
          class="opt"
          @click=${() => store.toggle('noteOpen', true)}
          >${icon('note')} ${t('Note')} ${keycap('N')}</vscode-button
        >
        <span class="sp"></span>
        <span class="hint">${keycap('1')}–${keycap('9')} ${t('rank')}</span>
        <span class="hint">${keycap('⇧')}${keycap('↑')} ${t('better')}</span>
        <span class="hint">${keycap('T')} ${t('tie')}</span>
        <button class="hint keysbtn" tabindex="-1" @click=${() => store.toggle('keysOpen', true)}>
          ${keycap('?')} ${t('all keys')}
        </button>
        <vscode-button
          class="pri"
          tabindex="-1"
          ?disabled=${cannotSave}
          @click=${() => store.decisions.saveAndNext()}
          >${store.decisions.reveals ? t('Save and reveal') : t('Save and next')}
          ${keycap('↵')}</vscode-button
        >
      </div>
    `;
  }

  protected override updated(): void {
    const bar = this.querySelector<HTMLElement>('[role=toolbar].dockrow');
    if (bar !== null) {
      keepTabStop(bar);
    }
  }
}
