// The text of an answer, rendered, cut to a height until the person asks for all of it.

import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type * as Marks from '../text/marks';
import type * as Outline from '../text/sentenceOutline';
import type * as Rendered from '../text/renderedAnswer';
import { countText, t, wordCount } from '../words';
import { forgetWork, workLater } from './textWork';

interface TextModules {
  readonly rendered: typeof Rendered;
  readonly marks: typeof Marks;
  readonly outline: typeof Outline;
}

let loading: Promise<TextModules> | undefined;
let modules: TextModules | undefined;

/** What renders texts is loaded once, when the first one is to be shown. */
function loadModules(): Promise<TextModules> {
  loading ??= Promise.all([
    import('../text/renderedAnswer'),
    import('../text/marks'),
    import('../text/sentenceOutline'),
  ]).then(([rendered, marks, outline]) => (modules = { rendered, marks, outline }));
  return loading;
}

/** Shown while the text is far below the screen: enough to hold a place. */
const PREVIEW_CHARACTERS = 400;
/** Words of a text that are drawn before all of it is asked for. */
const FOLDED_WORDS = 2000;
/** Words that are drawn in one step of work. */
const STEP_WORDS = 400;
/** Texts this far above and below the screen are ready. */
const NEAR = '600px 0px';

/**
 * Fires `marked` with the number of words that the base lacks; without a base with `undefined`;
 * and `look` with the number of the sentence under the pointer, from 0, while sentences are outlined.
 */
@customElement('rl-answer-text')
export class AnswerText extends LitElement {
  @property() text = '';
  /** as it is written */
  @property({ type: Boolean }) raw = false;
  /** the text whose words are not marked; without it nothing is */
  @property({ attribute: false }) base: string | undefined;
  /** marked words are read with where they begin and end */
  @property({ type: Boolean }) readmarks = false;
  @property({ type: Boolean, reflect: true }) expanded = false;
  /** sentences have numbers and lines of their own */
  @property({ type: Boolean, reflect: true }) numbered = false;
  /** what is outlined among the numbered sentences */
  @property({ attribute: false }) sentences: Outline.SentenceFocus | undefined;
  /** reachable by Tab: its card has focus */
  @property({ type: Boolean }) reachable = false;
  /** there is more than fits */
  @state() private cut = false;
  /** what is drawn of which text */
  #drawn: Rendered.RenderedAnswer | undefined;
  /** the base of the marks that are there */
  #markedBase: string | undefined;
  #unmark: () => void = () => undefined;
  #takeOutline: () => void = () => undefined;
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
    forgetWork(this);
    this.#takeMarksAway();
    this.#takeOutlineAway();
  }

  #onSeen(entries: readonly IntersectionObserverEntry[]): void {
    const isNear = entries.at(-1)?.isIntersecting === true;
    if (isNear !== this.#isNear) {
      this.#isNear = isNear;
      if (!isNear) {
        this.#takeMarksAway(); // marks that nobody sees cost with every change
      }
      this.#refresh();
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
      <div
        class="answer ${this.text === '' ? 'dim' : ''}"
        @pointermove=${(event: PointerEvent) => this.#look(event)}
        @pointerleave=${() => this.#tellLooked(undefined)}
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

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('text')) {
      this.#preview();
    }
    if (changed.has('base') || changed.has('raw') || changed.has('numbered')) {
      this.#takeMarksAway();
      if (this.base === undefined) {
        this.#tellMarked(undefined);
      }
    }
    if (changed.has('text') || changed.has('expanded')) {
      this.#measure();
    }
    this.#refresh();
  }

  /** Holds the place of the text until it is drawn. */
  #preview(): void {
    this.#takeMarksAway();
    this.#takeOutlineAway();
    this.#drawn = undefined;
    const { text } = this;
    this.#body?.replaceChildren(
      text === '' ? t('Empty answer') : text.slice(0, PREVIEW_CHARACTERS),
    );
  }

  /** Sees to it that what is near the screen is drawn and marked, step by step. */
  #refresh(): void {
    if (this.text === '' || !this.#isNear || !this.#isBehind) {
      forgetWork(this);
      this.#outline();
    } else if (modules === undefined) {
      void loadModules().then(() => this.#refresh());
    } else {
      const loaded = modules;
      workLater(this, () => this.#step(loaded));
    }
  }

  get #isBehind(): boolean {
    return !this.#isDrawn || this.#wantsMore || this.#markedBase !== this.base;
  }

  get #isDrawn(): boolean {
    return (
      this.#drawn?.text === this.text &&
      this.#drawn.raw === this.raw &&
      this.#drawn.numbered === this.numbered
    );
  }

  /** The text goes on, and it is shown so far. */
  get #wantsMore(): boolean {
    const drawn = this.#drawn;
    return drawn?.isComplete === false && (this.expanded || drawn.givenWords < FOLDED_WORDS);
  }

  #step({ rendered, marks }: TextModules): void {
    const body = this.#body;
    if (body === null) {
      return;
    }
    // its words are not the answer's
    this.#takeOutlineAway();
    if (!this.#isDrawn) {
      this.#drawn = new rendered.RenderedAnswer(this.text, this.raw, this.numbered);
      body.replaceChildren(this.#drawn.nextSlice(STEP_WORDS));
      this.#measure();
    } else if (this.#wantsMore) {
      this.#takeMarksAway();
      body.append(this.#drawn?.nextSlice(STEP_WORDS) ?? '');
      this.#measure();
    } else if (this.base !== undefined && this.#drawn !== undefined) {
      const base = { text: this.base, raw: this.raw };
      const marked = marks.mark(body, this.#drawn, base, this.readmarks);
      this.#unmark = marked.remove;
      this.#markedBase = this.base;
      this.#tellMarked(marked.words);
    }
    this.#refresh();
  }

  /** Once everything is drawn and marked. */
  #outline(): void {
    this.#takeOutlineAway();
    const body = this.#body;
    if (modules !== undefined && body !== null && this.sentences !== undefined && this.#isDrawn) {
      this.#takeOutline = modules.outline.outlineSentences(body, this.sentences);
    }
  }

  #takeOutlineAway(): void {
    this.#takeOutline();
    this.#takeOutline = () => undefined;
  }

  #look({ clientX, clientY }: PointerEvent): void {
    const body = this.#body;
    if (this.sentences === undefined || modules === undefined || body === null) {
      return;
    }
    const node = document.caretPositionFromPoint(clientX, clientY)?.offsetNode;
    this.#tellLooked(
      node !== undefined && body.contains(node)
        ? modules.outline.sentenceAt(body, node)
        : undefined,
    );
  }

  #tellLooked(sentence: number | undefined): void {
    if (this.sentences !== undefined) {
      this.dispatchEvent(new CustomEvent('look', { detail: sentence }));
    }
  }

  #tellMarked(words: number | undefined): void {
    this.dispatchEvent(new CustomEvent('marked', { detail: words }));
  }

  #takeMarksAway(): void {
    this.#unmark();
    this.#unmark = () => undefined;
    this.#markedBase = undefined;
  }

  #measure(): void {
    const body = this.#body;
    if (body !== null && !this.expanded) {
      const isLeft = this.#drawn?.isComplete === false;
      // a pixel of rounding is not more text
      this.cut = isLeft || body.scrollHeight > body.clientHeight + 1;
    }
  }
}
