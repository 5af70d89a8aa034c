// The field for a note: Esc leaves it, Ctrl+Enter leaves it and saves the decision, too.

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from '../words';
import type { ReviewStore } from '../reviewStore';
import { keycap } from './parts';
import { StoreElement } from './storeElement';

/** The note as it stands, and the way to change it. */
export function noteButton(store: ReviewStore): TemplateResult {
  const { note, noteText } = store.decisions;
  return html`<button class="noteshow" @click=${() => store.toggle('noteOpen', true)}>
    <span>${noteText}</span> ${note === undefined ? nothing : html`<i>${t('Not saved')}</i>`}
    ${keycap('N')}
  </button>`;
}

@customElement('rl-note-field')
export class NoteField extends StoreElement {
  @property({ type: Number }) rows = 3;

  protected override render(): TemplateResult {
    return html`<vscode-text-area
      class="note"
      rows=${this.rows}
      resize="vertical"
      aria-label=${t('Note')}
      @input=${() => this.store.decisions.keepNote(this.#text)}
      @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
      @blur=${() => this.store.closeNote(this.#text)}
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
      area.value = this.store.decisions.noteText;
      // the toolkit's field takes focus only once it has drawn itself
      requestAnimationFrame(() => area.focus());
    }
  }

  #onKey(event: KeyboardEvent): void {
    // keys in the field are the field's
    event.stopPropagation();
    const { store } = this;
    if (event.key === 'Escape') {
      store.closeNote(this.#text);
      store.focusCard(store.focused);
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      store.closeNote(this.#text);
      store.focusCard(store.focused);
      store.decisions.saveAndNext();
    } else {
      return;
    }
    event.preventDefault();
  }
}
