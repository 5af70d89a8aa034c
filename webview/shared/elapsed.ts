// "1.2 s": how long something has been under way.

import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t, tenthsText } from '../words';

/** Tenths are shown; more often than this nobody reads them. */
const TICK_MS = 200;

/** Counts from when it is put on the page, and anew from each other `of`. */
@customElement('rl-elapsed')
export class Elapsed extends LitElement {
  /** what is under way, such as the number of a try */
  @property() of: string | number = '';
  @state() private seconds = 0;
  #since = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#since = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('of')) {
      this.#since = performance.now();
      this.seconds = 0;
    }
  }

  #tick(): void {
    this.seconds = (performance.now() - this.#since) / 1000;
  }

  protected override render(): TemplateResult {
    return html`<span class="elapsed">${t('{0} s', tenthsText(this.seconds))}</span>`;
  }
}
