// The text of an answer, cut to a height until the person asks for all of it.

import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { countText, t, wordCount } from '../words';

@customElement('rl-answer-text')
export class AnswerText extends LitElement {
  @property() text = '';
  @property({ type: Boolean, reflect: true }) expanded = false;
  /** reachable by Tab: its card has focus */
  @property({ type: Boolean }) reachable = false;
  /** there is more than fits */
  @state() private cut = false;
  readonly #resized = new ResizeObserver(() => this.#measure());

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    const body = this.querySelector('.answer');
    if (body !== null) {
      this.#resized.observe(body);
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  /** Shows all of it, or cuts it again. */
  toggle(): void {
    if (this.cut || this.expanded) {
      this.expanded = !this.expanded;
    }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('text')) {
      this.expanded = false;
    }
  }

  protected override render(): TemplateResult {
    const label = this.expanded
      ? t('Show less')
      : t('Show all {0} words', countText(wordCount(this.text)));
    return html`
      <div
        class="answer ${this.text === '' ? 'dim' : ''}"
        .textContent=${this.text === '' ? t('Empty answer') : this.text}
      ></div>
      ${
        this.cut || this.expanded
          ? html`<div class="morerow">
              <button
                class="link"
                tabindex=${this.reachable ? '0' : '-1'}
                @click=${() => this.toggle()}
              >
                ${label}
              </button>
            </div>`
          : ''
      }
    `;
  }

  protected override updated(): void {
    this.#measure();
  }

  #measure(): void {
    const body = this.querySelector('.answer');
    if (body !== null && !this.expanded) {
      // a pixel of rounding is not more text
      this.cut = body.scrollHeight > body.clientHeight + 1;
    }
  }
}
