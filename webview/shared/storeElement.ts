// The base of all components: rendered into the page itself, redrawn when the store changes.

import { LitElement } from 'lit';
import { store } from '../store';

export abstract class StoreElement extends LitElement {
  protected readonly store = store;
  readonly #redraw = (): void => this.requestUpdate();

  /** No shadow root: one style sheet, and labels may point across components. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    store.addEventListener('change', this.#redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    store.removeEventListener('change', this.#redraw);
  }
}
