// The queue: every row of the dataset, drawn as far as it is visible.

import { VirtualizerController } from '@tanstack/lit-virtual';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { createRef, ref } from 'lit/directives/ref.js';
import type { RowView } from '../../src/protocol/reviewProtocol';
import './divider';
import { placeAfterKey } from './queueKeys';
import { clearFilter, conditionChips, conditionCount, show } from './queueQuery';
import { valueHeader, valueName, valueText } from './queueValues';
import { standingIcon, standingWords } from './standingWords';
import { RowRequests } from './rowRequests';
import { drawnAt, LONG_SCROLL, scrolledHeight, showItem } from './longScroll';
import { icon, keycap } from '../shared/parts';
import { StoreElement } from '../shared/storeElement';
import { styled } from '../shared/styled';
import { keepTabStop } from '../shared/toolbar';
import { post } from '../vscodeApi';
import { countText, t } from '../words';

const ROW_HEIGHT = 48;
/** Rows the page remembers; others are asked for again. */
const MAX_KEPT = 8000;

@customElement('rl-queue')
export class Queue extends StoreElement {
  readonly #list = createRef<HTMLElement>();
  readonly #requests = new RowRequests();
  #rows: ReadonlyMap<number, RowView> = new Map();
  #shownPlace = -1;
  readonly #virtualizer = new VirtualizerController<HTMLElement, HTMLElement>(this, {
    getScrollElement: () => this.#list.value ?? null,
    count: 0,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    ...LONG_SCROLL,
  });

  protected override render(): TemplateResult {
    const { store } = this;
    const virtualizer = this.#virtualizer.getVirtualizer();
    const { count } = store.queue;
    if (virtualizer.options.count !== count) {
      virtualizer.setOptions({ ...virtualizer.options, count });
    }
    const items = virtualizer.getVirtualItems();
    const label = t('Samples, {0}', countText(count));
    const isPart = count !== store.rowCount;
    return html`
      <nav class="queue" aria-label=${t('Queue')}>
        ${this.#search()} ${conditionChips(store)}
        <div class="qhead">
          <span
            >${
              isPart
                ? t('{0} of {1} samples', countText(count), countText(store.rowCount))
                : count === 1
                  ? t('1 sample')
                  : t('{0} samples', countText(count))
            }</span
          ><span class="sp"></span
          ><span>${valueHeader(store.queue.view.query.sort, store.mode.blind)}</span>
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
            ${this.#nothing(count)}
          </div>
        </div>
        <div class="qfoot">
          ${this.#place()}
          <span class="sp"></span>
          <span>${keycap('J')}${keycap('K')} ${t('next, back')}</span>
          <span>${keycap('U')} ${t('unreviewed')}</span>
        </div>
        <rl-divider column="queue"></rl-divider>
      </nav>
    `;
  }

  #search(): TemplateResult {
    const { query } = this.store.queue.view;
    return html`<div class="qsearch">
      ${icon('search')}
      <input
        type="text"
        maxlength="1000"
        placeholder=${t('Search prompts and answers')}
        aria-label=${t('Search prompts and answers')}
        .value=${query.filter.text ?? ''}
        @change=${(event: Event) => this.#searchFor((event.target as HTMLInputElement).value)}
        @keydown=${(event: KeyboardEvent) => this.#onSearchKey(event)}
      />
      ${keycap('/')}
    </div>`;
  }

  #searchFor(text: string): void {
    const { query } = this.store.queue.view;
    const wanted = text.trim() === '' ? undefined : text;
    if (wanted !== query.filter.text) {
      show({ ...query, filter: { ...query.filter, text: wanted } });
    }
  }

  #onSearchKey(event: KeyboardEvent): void {
    if (event.key === 'Enter') {
      this.#searchFor((event.target as HTMLInputElement).value);
      this.#list.value?.focus();
      event.preventDefault();
      event.stopPropagation();
    }
  }

  #nothing(count: number): TemplateResult | typeof nothing {
    const { view } = this.store.queue;
    return count > 0 || view.share < 1 || conditionCount(view.query) === 0
      ? nothing
      : html`<div class="noqueue">
          ${t('No sample matches.')}
          <button class="link" @click=${() => clearFilter(view.query)}>${t('Clear filters')}</button>
        </div>`;
  }

  /** Which row is shown, or how far the file is looked through. */
  #place(): TemplateResult {
    const { navigation, indexed, queue } = this.store;
    const fault = indexed.fault ?? queue.view.fault;
    if (fault !== undefined) {
      return html`<span title=${fault}>${icon('warning')} ${t('Rows are missing')}</span>`;
    }
    if (indexed.share < 1) {
      return html`<span>${t('Indexing {0} %', Math.floor(100 * indexed.share))}</span>`;
    }
    if (queue.view.share < 1) {
      return html`<span>${t('Searching {0} %', Math.floor(100 * queue.view.share))}</span>`;
    }
    const place = queue.placeOf(navigation.currentRow);
    return html`<span>${place < 0 ? '–' : countText(place + 1)} / ${countText(queue.count)}</span>`;
  }

  #row(place: number, start: number): TemplateResult {
    const { store } = this;
    const index = store.queue.rowAt(place) ?? 0;
    const row = store.rows.get(index);
    const selected = index === store.navigation.currentRow;
    const name = standingIcon(row?.state ?? 'todo');
    const words = standingWords(row?.state ?? 'todo');
    const stateWords = row?.flagged === true ? `${words}. ${t('Flagged')}` : words;
    const { sort } = store.queue.view.query;
    const value = valueText(sort, row?.values ?? {}, store.mode.blind);
    const valueWords = value === '' ? '' : `${valueName(sort)}: ${value}. `;
    return html`
      <div
        class="row"
        id=${`row-${index}`}
        role="option"
        aria-selected=${selected ? 'true' : 'false'}
        aria-posinset=${place + 1}
        aria-setsize=${store.queue.count}
        aria-label=${
          row === undefined ? t('Loading') : `${row.id}. ${stateWords}. ${valueWords}${row.text}`
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
        <span class="v">${value}</span>
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
    const { queue } = this.store;
    const place = placeAfterKey(event.key, queue.placeOf(navigation.currentRow), {
      count: queue.count,
      page: Math.floor((this.#list.value?.clientHeight ?? ROW_HEIGHT) / ROW_HEIGHT) - 1,
    });
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined || place !== undefined) {
      const row = place === undefined ? navigation.rowFurther(step ?? 1) : queue.rowAt(place);
      if (row !== undefined) {
        navigation.chooseRow(row, false);
      }
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
    const chips = this.querySelector<HTMLElement>('.chips');
    if (chips !== null) {
      keepTabStop(chips);
    }
    const { store } = this;
    if (store.rows !== this.#rows) {
      this.#rows = store.rows;
      this.#requests.forget();
    }
    const virtualizer = this.#virtualizer.getVirtualizer();
    const place = store.queue.placeOf(store.navigation.currentRow);
    if (place !== this.#shownPlace && place >= 0) {
      this.#shownPlace = place;
      showItem(virtualizer, place * ROW_HEIGHT, ROW_HEIGHT);
    }
    this.#askForRows(virtualizer.getVirtualItems().map(({ index }) => index));
  }

  /** @param visible places, ascending */
  #askForRows(visible: readonly number[]): void {
    const { rows, queue } = this.store;
    const [first, last] = [visible[0], visible.at(-1)];
    if (first === undefined || last === undefined) {
      return;
    }
    const missing = this.#requests.next(first, last, queue, rows);
    if (missing.length > 0) {
      post({ type: 'rows', rows: [...missing] });
    }
    if (rows.size > MAX_KEPT) {
      const kept = new Set(visible.map((place) => queue.rowAt(place)));
      for (const row of rows.keys()) {
        if (!kept.has(row)) {
          rows.delete(row);
        }
      }
    }
  }
}
