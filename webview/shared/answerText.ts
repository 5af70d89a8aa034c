// The text of an answer, rendered, cut to a height until the person asks for all of it.

import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type * as Marks from '../text/marks';
import type * as Rendered from '../text/renderedAnswer';
import { countText, t, wordCount } from '../words';

interface TextModules {
  readonly rendered: typeof Rendered;
  readonly marks: typeof Marks;
}

let loading: Promise<TextModules> | undefined;

/** What renders texts is loaded once, when the first one is to be shown. */
function loadModules(): Promise<TextModules> {
  loading ??= Promise.all([import('../text/renderedAnswer'), import('../text/marks')]).then(
    ([rendered, marks]) => ({ rendered, marks }),
  );
  return loading;
}

/** Shown while the text is far below the screen: enough to hold a place. */
const PREVIEW_CHARACTERS = 400;
/** Texts this far above and below the screen are ready. */
const NEAR = '600px 0px';

/** Fires `marked` with the number of words that the base lacks; without a base with `undefined`. */
@customElement('rl-answer-text')
export class AnswerText extends LitElement {
  @property() text = '';
  /** as it is written */
  @property({ type: Boolean }) raw = false;
  /** the text whose words are not marked; without it nothing is */
  @property({ attribute: false }) base: string | undefined;
  @property({ type: Boolean, reflect: true }) expanded = false;
  /** sentences have numbers and lines of their own */
  @property({ type: Boolean, reflect: true }) numbered = false;
  /** reachable by Tab: its card has focus */
  @property({ type: Boolean }) reachable = false;
  /** there is more than fits */
  @state() private cut = false;
  #rendered: Rendered.RenderedAnswer | undefined;
  #unmark: () => void = () => undefined;
  #isNear = false;
  readonly #resized = new ResizeObserver(() => this.#measure());
  #seen: IntersectionObserver | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // what scrolls must be named: a margin around the window does not reach into it
    const root = this.closest('.cards') ?? document;
    this.#seen = new IntersectionObserver((entries) => this.#onSeen(entries), {
      root,
      rootMargin: NEAR,
    });
    this.#seen.observe(this);
  }

  protected override firstUpdated(): void {
    const body = this.#body;
    if (body !== null) {
      this.#resized.observe(body);
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    this.#seen?.disconnect();
    this.#unmark();
  }

  #onSeen(entries: readonly IntersectionObserverEntry[]): void {
    if (!this.#isNear && entries.some((entry) => entry.isIntersecting)) {
      this.#isNear = true;
      void this.#draw();
    }
  }

  get #body(): HTMLElement | null {
    return this.querySelector('.answer');
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
      <div class="answer ${this.text === '' ? 'dim' : ''}"></div>
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

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('text') || changed.has('raw')) {
      void this.#draw();
    } else if (changed.has('base')) {
      void this.#mark();
    }
    if (changed.has('expanded') && this.expanded) {
      this.#addSlice();
    }
    this.#measure();
  }

  async #draw(): Promise<void> {
    const { text, raw } = this;
    this.#rendered = undefined;
    if (text === '' || !this.#isNear) {
      this.#body?.replaceChildren(
        text === '' ? t('Empty answer') : text.slice(0, PREVIEW_CHARACTERS),
      );
      return;
    }
    const { rendered } = await loadModules();
    const body = this.#body;
    if (this.text !== text || this.raw !== raw || body === null) {
      return; // another text is drawn by now
    }
    this.#rendered = new rendered.RenderedAnswer(text, raw, this.numbered);
    body.replaceChildren(this.#rendered.nextSlice());
    this.#measure();
    if (this.expanded) {
      this.#addSlice();
    }
    await this.#mark();
  }

  /** The rest of a very long text, a slice per frame. */
  #addSlice(): void {
    const rendered = this.#rendered;
    if (rendered === undefined || rendered.isComplete) {
      return;
    }
    requestAnimationFrame(() => {
      if (this.#rendered === rendered && this.expanded) {
        this.#body?.append(rendered.nextSlice());
        if (rendered.isComplete) {
          void this.#mark();
        } else {
          this.#addSlice();
        }
      }
    });
  }

  async #mark(): Promise<void> {
    const { base, raw } = this;
    const { marks } = await loadModules();
    const body = this.#body;
    this.#unmark();
    const marked =
      base === undefined || body === null || this.#rendered === undefined || base !== this.base
        ? undefined
        : marks.mark(body, { text: base, raw });
    this.#unmark = marked?.remove ?? (() => undefined);
    this.dispatchEvent(new CustomEvent('marked', { detail: marked?.words }));
  }

  #measure(): void {
    const body = this.#body;
    if (body !== null && !this.expanded) {
      const isLeft = this.#rendered !== undefined && !this.#rendered.isComplete;
      // a pixel of rounding is not more text
      this.cut = isLeft || body.scrollHeight > body.clientHeight + 1;
    }
  }
}
