// The edge of a column that can be moved: by dragging, or by arrows while it has focus.

import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { COLUMNS, type Column } from '../layout';
import { StoreElement } from '../shared/storeElement';
import { t } from '../words';

/** Pixels that an arrow key moves it by. */
const STEP = 16;

@customElement('rl-divider')
export class Divider extends StoreElement {
  @property() column: Column = 'queue';
  #dragged: { readonly from: number; readonly width: number } | undefined;

  protected override render(): TemplateResult {
    const { least, most } = COLUMNS[this.column];
    const label = this.column === 'queue' ? t('Width of the queue') : t('Width of the picture');
    return html`<div
      class="divider of${this.column}"
      role="separator"
      tabindex="0"
      aria-orientation="vertical"
      aria-label=${label}
      aria-valuemin=${least}
      aria-valuemax=${most}
      title=${t('Drag, or press ← →, to change the width. Double-click or Enter: as it was at first')}
      @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
      @pointerdown=${(event: PointerEvent) => this.#onDown(event)}
      @pointermove=${(event: PointerEvent) => this.#onMove(event)}
      @pointerup=${() => this.#onUp()}
      @pointercancel=${() => this.#onUp()}
      @dblclick=${() => this.#set(undefined)}
    ></div>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    // drawn by now: what is not chosen follows from the window
    this.querySelector('.divider')?.setAttribute('aria-valuenow', String(this.#width));
  }

  get #width(): number {
    return Math.round(
      document.querySelector(`.${this.column}`)?.getBoundingClientRect().width ?? 0,
    );
  }

  #set(width: number | undefined): void {
    this.store.layout.setWidth(this.column, width);
    this.store.changed();
  }

  #onKey(event: KeyboardEvent): void {
    const { least, most } = COLUMNS[this.column];
    const width = {
      ArrowLeft: this.#width - STEP,
      ArrowRight: this.#width + STEP,
      Home: least,
      End: most,
    }[event.key];
    if (width !== undefined) {
      this.#set(width);
    } else if (event.key === 'Enter') {
      this.#set(undefined);
    } else {
      return;
    }
    // here these keys are the divider's
    event.preventDefault();
    event.stopPropagation();
  }

  #onDown(event: PointerEvent): void {
    if (event.button === 0) {
      this.#dragged = { from: event.clientX, width: this.#width };
      (event.target as Element).setPointerCapture(event.pointerId);
    }
  }

  #onMove(event: PointerEvent): void {
    const { from, width } = this.#dragged ?? {};
    if (from !== undefined && width !== undefined && event.clientX !== from) {
      this.store.layout.showWidth(this.column, width + event.clientX - from);
      this.store.changed();
    }
  }

  #onUp(): void {
    const width = this.store.layout.widthOf(this.column);
    if (this.#dragged !== undefined && width !== undefined) {
      this.#set(width);
    }
    this.#dragged = undefined;
  }
}
