// What screen readers are told without focus moving.

import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { StoreElement } from './storeElement';

@customElement('rl-live-regions')
export class LiveRegions extends StoreElement {
  protected override render(): TemplateResult {
    return html`
      <div class="vh" role="status" aria-live="polite">${this.store.said}</div>
      <div class="vh" role="alert" aria-live="assertive">${this.store.alerted}</div>
    `;
  }
}
