// The ranking dock: your order above, what to do with it below.

import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { disagreements } from '../../src/sample/ranking';
import { icon, keycap } from '../shared/parts';
import { StoreElement } from '../shared/storeElement';
import { onToolbarKey } from '../shared/toolbar';
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
          <span class="sp"></span>
          ${this.#modelOrder()}
        </div>
        ${store.decisions.saving.state === 'failed' ? this.#failure(store.decisions.saving.text) : this.#buttons()}
      </footer>
    `;
  }

  /** The model's order and one sentence on the difference. */
  #modelOrder(): TemplateResult | typeof nothing {
    const { store } = this;
    const places = store.decisions.modelPlaces;
    if (!places.some((place) => place > 0)) {
      return nothing;
    }
    const ranked = places
      .map((place, index) => ({ place, index }))
      .filter(({ place }) => place > 0)
      .sort((a, b) => a.place - b.place || a.index - b.index);
    const order = ranked
      .map(({ place, index }, n) => {
        const tied = ranked[n - 1]?.place === place;
        return `${n === 0 ? '' : tied ? ' = ' : ' > '}${letterOf(index)}`;
      })
      .join('');
    const [first] = disagreements(store.decisions.draft.places, places);
    return html`
      <span class="opt"><span class="dim">${t('Model')}</span> ${order}</span>
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
    const { store } = this;
    if (store.decisions.saving.state === 'saving') {
      return t('Saving…');
    }
    const decision = store.sample?.verdict.decision;
    if (store.sample?.verdict.stale === true) {
      return t('Changed since');
    }
    if (decision !== undefined && store.decisions.isSaved) {
      return decision.kind === 'skip'
        ? t('Skipped {0}', clockText(decision.at))
        : t('Saved {0}', clockText(decision.at));
    }
    return t('Not saved');
  }

  #buttons(): TemplateResult {
    const { store } = this;
    const flagged = store.sample?.verdict.flagged === true;
    const disabled = store.sample === undefined;
    const hasRewards = store.decisions.rewards.some((reward) => reward !== null);
    return html`
      <div class="dockrow" role="toolbar" aria-label=${t('Decide')} @keydown=${onToolbarKey}>
        <span class="lab">${this.#state()}</span>
        <vscode-button
          appearance="secondary"
          ?disabled=${disabled || !hasRewards}
          @click=${() => store.decisions.accept()}
          >${t('Accept model’s order')} ${keycap('M')}</vscode-button
        >
        <button
          class="btn"
          tabindex="-1"
          ?disabled=${disabled}
          aria-pressed=${store.decisions.draft.allBad ? 'true' : 'false'}
          @click=${() => store.decisions.toggleAllBad()}
        >
          ${t('All bad')} ${keycap('B')}
        </button>
        <vscode-button
          appearance="secondary"
          tabindex="-1"
          ?disabled=${disabled}
          class="opt"
          @click=${() => store.decisions.skip()}
          >${t('Skip')} ${keycap('S')}</vscode-button
        >
        <button
          class="btn opt"
          tabindex="-1"
          ?disabled=${disabled}
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
          ?disabled=${disabled || store.readOnly}
          @click=${() => store.decisions.saveAndNext()}
          >${t('Save and next')} ${keycap('↵')}</vscode-button
        >
      </div>
    `;
  }

  #failure(text: string): TemplateResult {
    return html`<div class="msg error" role="alert">
      ${icon('error')}
      <div>
        <b>${t('Not saved.')}</b> ${text}
        <span class="acts">
          <button class="link" @click=${() => this.store.decisions.saveAndNext()}>${t('Try again')}</button>
        </span>
      </div>
    </div>`;
  }
}
