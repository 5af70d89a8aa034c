// All keys, as a dialog.

import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { icon } from '../shared/parts';
import { StoreElement } from '../shared/storeElement';
import { keyHelp } from '../keys';
import { t } from '../words';

@customElement('rl-keys-dialog')
export class KeysDialog extends StoreElement {
  protected override render(): TemplateResult {
    return html`
      <dialog
        class="keys"
        aria-labelledby="keys-title"
        @close=${() => {
          if (this.store.layout.keysOpen) {
            this.store.toggle('keysOpen', false);
            this.store.focusCard(this.store.focused);
          }
        }}
      >
        <div class="keyshead">
          <h2 id="keys-title">${t('Keys')}</h2>
          <span class="sp"></span>
          <vscode-button
            appearance="icon"
            aria-label=${t('Close')}
            @click=${() => this.#dialog()?.close()}
            >${icon('close')}</vscode-button
          >
        </div>
        <dl>
          ${keyHelp(this.store.surface).map(
            ([keys, what]) =>
              html`<div>
                <dt>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt>
                <dd>${what}</dd>
              </div>`,
          )}
        </dl>
      </dialog>
    `;
  }

  #dialog(): HTMLDialogElement | null {
    return this.querySelector('dialog');
  }

  protected override updated(): void {
    const dialog = this.#dialog();
    if (this.store.layout.keysOpen && dialog?.open === false) {
      dialog.showModal();
    } else if (!this.store.layout.keysOpen && dialog?.open === true) {
      dialog.close();
    }
  }
}
