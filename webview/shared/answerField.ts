// The field in which an answer is written: Ctrl+Enter saves, Esc leaves it.

import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { StoreElement } from './storeElement';

/** A field is not higher than this many lines of text. */
const MAX_ROWS = 18;

@customElement('rl-answer-field')
export class AnswerField extends StoreElement {
  @property() label = '';
  /** it is at least this high */
  @property({ type: Number }) rows = 8;

  protected override render(): TemplateResult {
    const lines = (this.store.editing.draft?.text ?? '').split('\n').length;
    return html`<vscode-text-area
      class="note"
      rows=${Math.min(MAX_ROWS, Math.max(this.rows, lines + 1))}
      resize="vertical"
      aria-label=${this.label}
      @input=${() => this.store.editing.type(this.#text)}
      @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
    ></vscode-text-area>`;
  }

  get #area(): HTMLTextAreaElement | null {
    return this.querySelector<HTMLTextAreaElement>('vscode-text-area');
  }

  get #text(): string {
    return this.#area?.value ?? '';
  }

  protected override firstUpdated(): void {
    const area = this.#area;
    if (area !== null) {
      area.value = this.store.editing.draft?.text ?? '';
      // the toolkit's field takes focus only once it has drawn itself
      requestAnimationFrame(() => {
        area.focus();
        area.scrollIntoView({ block: 'nearest' });
      });
    }
  }

  #onKey(event: KeyboardEvent): void {
    // keys in the field are the field's
    event.stopPropagation();
    if (event.isComposing) {
      return;
    }
    if (event.key === 'Escape') {
      this.store.editing.leave();
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      this.store.editing.save();
    } else {
      return;
    }
    event.preventDefault();
  }
}
