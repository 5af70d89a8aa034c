// The queue: every row of the dataset, drawn as far as it is visible.

import { VirtualizerController } from '@tanstack/lit-virtual';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { createRef, ref } from 'lit/directives/ref.js';
import type { RowView } from '../../src/protocol/reviewProtocol';
import { drawnAt, LONG_SCROLL, scrolledHeight, showItem } from './longScroll';
import { icon, keycap } from '../shared/parts';
import { StoreElement } from '../shared/storeElement';
import { styled } from '../shared/styled';
import { post } from '../vscodeApi';
import { countText, rewardText, t } from '../words';

const ROW_HEIGHT = 48;
/** Rows asked for at once, around what is visible. */
const PAGE = 50;
/** Pages that are on their way at a time. */
const MAX_ASKED = 2;
/** Rows the page remembers; others are asked for again. */
const MAX_KEPT = 8000;

/** Icon and words of a row's state. */
function stateOf(state: RowView['state']): readonly [string, string] {
  switch (state) {
    case 'todo':
      return ['circle-large', t('Unreviewed')];
    case 'reviewed':
      return ['check', t('Reviewed')];
    case 'skipped':
      return ['debug-step-over', t('Skipped')];
    case 'differs':
      return ['arrow-swap', t('You and the model differ')];
    case 'stale':
      return ['history', t('Changed since you decided')];
    case 'broken':
      return ['error', t('Can’t be read')];
    case 'noReward':
      return ['warning', t('No reward')];
  }
}

@customElement('rl-queue')
export class Queue extends StoreElement {
  readonly #list = createRef<HTMLElement>();
  readonly #asked = new Set<number>();
  #dataset = '';
  #shownRow = -1;
  readonly #virtualizer = new VirtualizerController<HTMLElement, HTMLElement>(this, {
    getScrollElement: () => this.#list.value ?? null,
    count: 0,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    ...LONG_SCROLL,
  });

  protected override render(): TemplateResult {
    const { store } = this;
    const virtualizer = this.#virtualizer.getVirtualizer();
    if (virtualizer.options.count !== store.rowCount) {
      virtualizer.setOptions({ ...virtualizer.options, count: store.rowCount });
    }
    const items = virtualizer.getVirtualItems();
    const label = t('Samples, {0}', countText(store.rowCount));
    return html`
      <nav class="queue" aria-label=${t('Queue')}>
        <div class="qhead">
          <span>${t('{0} samples', countText(store.rowCount))}</span><span class="sp"></span
          ><span>${t('margin 1st–2nd')}</span>
        </div>
        <div
          class="qlist"
          role="listbox"
          tabindex="0"
          aria-label=${label}
          aria-activedescendant=${`row-${store.navigation.currentRow}`}
          @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
          ${ref(this.#list)}
        >
          <div
            class="qspace"
            role="presentation"
            ${styled({ height: `${scrolledHeight(virtualizer.getTotalSize())}px` })}
          >
            ${items.map(({ index, start }) => this.#row(index, drawnAt(virtualizer, start)))}
          </div>
        </div>
        <div class="qfoot">
          ${this.#place()}
          <span class="sp"></span>
          <span>${keycap('J')}${keycap('K')} ${t('next, back')}</span>
          <span>${keycap('U')} ${t('unreviewed')}</span>
        </div>
      </nav>
    `;
  }

  /** Which row is shown, or how far the file is scanned. */
  #place(): TemplateResult {
    const { navigation, indexed } = this.store;
    if (indexed.fault !== undefined) {
      return html`<span title=${indexed.fault}>${icon('warning')} ${t('Rows are missing')}</span>`;
    }
    return indexed.share < 1
      ? html`<span>${t('Indexing {0} %', Math.floor(100 * indexed.share))}</span>`
      : html`<span>${countText(navigation.currentRow + 1)} / ${countText(indexed.rows)}</span>`;
  }

  #row(index: number, start: number): TemplateResult {
    const { store } = this;
    const row = store.rows.get(index);
    const selected = index === store.navigation.currentRow;
    const [name, words] = stateOf(row?.state ?? 'todo');
    const stateWords = row?.flagged === true ? `${words}. ${t('Flagged')}` : words;
    const margin = row?.margin === undefined ? '–' : rewardText(row.margin);
    return html`
      <div
        class="row"
        id=${`row-${index}`}
        role="option"
        aria-selected=${selected ? 'true' : 'false'}
        aria-posinset=${index + 1}
        aria-setsize=${store.rowCount}
        aria-label=${
          row === undefined
            ? t('Loading')
            : `${row.id}. ${stateWords}. ${t('Margin {0}', margin)}. ${row.text}`
        }
        ${styled({ transform: `translateY(${start}px)` })}
        @click=${() => this.#choose(index)}
      >
        <span title=${stateWords}>${icon(row?.flagged === true ? 'report' : name)}</span>
        <span class="th">${this.#thumbnail(row)}</span>
        <span class="t">
          <span class="id">${row?.id ?? ''}</span>
          <span class="dim">${row?.text ?? ''}</span>
        </span>
        <span class="v">${margin}</span>
      </div>
    `;
  }

  #thumbnail(row: RowView | undefined): TemplateResult | typeof nothing {
    if (row === undefined) {
      return nothing;
    }
    return row.thumbnail === undefined
      ? html`<span class="noimg">${icon(row.state === 'broken' ? 'error' : row.video === true ? 'device-camera-video' : 'quote')}</span>`
      : html`<img src=${row.thumbnail} alt="" loading="lazy" />`;
  }

  /** Shows a row and goes to its answers. */
  #choose(row: number): void {
    this.store.layout.closeDrawer();
    this.store.navigation.chooseRow(row, true);
  }

  #onKey(event: KeyboardEvent): void {
    const { navigation } = this.store;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      navigation.chooseRow(navigation.currentRow + step, false);
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      this.#choose(navigation.currentRow);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { store } = this;
    if (store.name !== this.#dataset || store.rows.size === 0) {
      this.#dataset = store.name;
      this.#asked.clear();
    }
    const virtualizer = this.#virtualizer.getVirtualizer();
    if (store.navigation.currentRow !== this.#shownRow && store.rowCount > 0) {
      this.#shownRow = store.navigation.currentRow;
      showItem(virtualizer, this.#shownRow * ROW_HEIGHT, ROW_HEIGHT);
    }
    this.#askForRows(virtualizer.getVirtualItems().map(({ index }) => index));
  }

  /** Asks for what is visible now. While a page is on its way, what is scrolled over is not asked for. */
  #askForRows(visible: readonly number[]): void {
    const { rows } = this.store;
    for (const page of this.#asked) {
      if (rows.has(page * PAGE)) {
        this.#asked.delete(page);
      }
    }
    for (const index of visible) {
      const page = Math.floor(index / PAGE);
      if (!rows.has(index) && !this.#asked.has(page) && this.#asked.size < MAX_ASKED) {
        this.#asked.add(page);
        post({ type: 'rows', start: page * PAGE, end: (page + 1) * PAGE });
      }
    }
    if (rows.size > MAX_KEPT) {
      const [first = 0] = visible;
      for (const row of rows.keys()) {
        if (Math.abs(row - first) > MAX_KEPT / 4) {
          rows.delete(row);
        }
      }
    }
  }
}
