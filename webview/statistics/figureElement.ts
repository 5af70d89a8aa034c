// A figure on the page: title, sentence, chart or table, and what can be done with them.

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { icon } from '../shared/parts';
import { keepTabStop, onToolbarKey } from '../shared/toolbar';
import { post } from '../vscodeApi';
import { countText, t } from '../words';
import { toCsv } from './csv';
import type { Cell, Column, Figure } from './figure';
import { standaloneSvg, toPng } from './savePicture';

@customElement('rl-figure')
export class FigureElement extends LitElement {
  @property({ attribute: false }) figure: Figure | undefined;
  @state() private asTable = false;
  /** row of the table that is read out in the chart */
  @state() private reading: number | undefined;
  readonly #resized = new ResizeObserver(() => this.#draw());

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { figure } = this;
    if (figure === undefined) {
      return nothing;
    }
    const { id, title, about, sentence, missing } = figure;
    return html`<section class="fig" aria-labelledby=${`${id}-title`}>
      <header>
        <h2 id=${`${id}-title`}>${title}</h2>
        ${icon('info', about)}
        <span class="sp"></span>
        ${this.#tools(figure)}
      </header>
      <p class="say">${missing === undefined ? sentence : nothing}</p>
      ${
        missing === undefined && !this.asTable
          ? this.#chart(figure)
          : missing === undefined || figure.table.rows.length > 0
            ? html`${missing === undefined ? nothing : html`<p class="few">${missing}</p>`}${this.#table(figure)}`
            : html`<p class="few">${missing}</p>`
      }
    </section>`;
  }

  #tools(figure: Figure): TemplateResult {
    const isDrawn = figure.missing === undefined && !this.asTable;
    const tool = (
      name: string,
      label: string,
      press: () => void,
      pressed?: boolean,
    ): TemplateResult =>
      html`<button
        class="tb sq"
        tabindex="-1"
        aria-label=${label}
        aria-pressed=${pressed === undefined ? nothing : pressed ? 'true' : 'false'}
        title=${label}
        @click=${press}
      >
        ${icon(name)}
      </button>`;
    return html`<div
      class="figtools"
      role="toolbar"
      aria-label=${t('Figure {0}', figure.title)}
      @keydown=${onToolbarKey}
    >
      ${
        figure.table.rows.length === 0
          ? nothing
          : tool('copy', t('Copy as CSV'), () =>
              post({ type: 'copyTable', csv: toCsv(figure.table) }),
            )
      }
      ${isDrawn ? tool('desktop-download', t('Save picture'), () => void this.#save(figure)) : nothing}
      ${
        figure.missing === undefined
          ? html`${tool('graph', t('Chart'), () => this.#show(false), !this.asTable)}${tool(
              'table',
              t('Table'),
              () => this.#show(true),
              this.asTable,
            )}`
          : nothing
      }
    </div>`;
  }

  #show(asTable: boolean): void {
    this.asTable = asTable;
    this.reading = undefined;
  }

  #chart(figure: Figure): TemplateResult {
    const { reading } = this;
    return html`<div
        class="plot"
        tabindex="0"
        role="group"
        aria-label=${t('{0}. Arrow keys read the values.', figure.title)}
        @keydown=${(event: KeyboardEvent) => this.#onChartKey(event, figure)}
        @blur=${() => {
          this.reading = undefined;
        }}
      ></div>
      <p class="reading" role="status">
        ${reading === undefined ? nothing : rowWords(figure, reading)}
      </p>`;
  }

  #table({ title, table: { columns, rows } }: Figure): TemplateResult {
    return html`<div class="tbl" tabindex="0" role="region" aria-label=${t('Table: {0}', title)}>
      <table>
        <thead>
          <tr>
            ${columns.map((column) => html`<th scope="col">${column.title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (cells) =>
              html`<tr>
                ${cells.map((cell, n) =>
                  n === 0
                    ? html`<th scope="row">${cellText(cell, columns[n])}</th>`
                    : html`<td>${cellText(cell, columns[n])}</td>`,
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  #onChartKey(event: KeyboardEvent, { table: { rows } }: Figure): void {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const last = rows.length - 1;
    if (step !== undefined) {
      const from = this.reading ?? (step > 0 ? -1 : rows.length);
      this.reading = Math.max(0, Math.min(last, from + step));
    } else if (event.key === 'Home' || event.key === 'End') {
      this.reading = event.key === 'Home' ? 0 : last;
    } else {
      return;
    }
    event.preventDefault();
  }

  protected override updated(changed: PropertyValues): void {
    const bar = this.querySelector<HTMLElement>('[role=toolbar]');
    if (bar !== null) {
      keepTabStop(bar);
    }
    const place = this.querySelector('.plot');
    this.#resized.disconnect();
    if (place !== null) {
      this.#resized.observe(place);
      if (changed.has('figure')) {
        this.#draw();
      }
    }
  }

  #draw(): void {
    const place = this.querySelector<HTMLElement>('.plot');
    const { figure } = this;
    const width = Math.floor(place?.clientWidth ?? 0);
    const height = Math.floor(place?.clientHeight ?? 0);
    if (place === null || figure === undefined || width < 100 || height < 100) {
      return;
    }
    const drawn = figure.draw({ width, height });
    drawn.setAttribute('role', 'img');
    drawn.setAttribute('aria-label', `${figure.title}. ${figure.sentence}`);
    for (const part of drawn.querySelectorAll('[aria-label]')) {
      part.removeAttribute('aria-label'); // Plot's own, in English
    }
    place.replaceChildren(drawn);
  }

  async #save({ id, title }: Figure): Promise<void> {
    const drawn = this.querySelector<SVGSVGElement>('.plot svg');
    if (drawn !== null) {
      const svg = standaloneSvg(drawn, title);
      post({ type: 'savePicture', name: id, svg, png: await toPng(svg, drawn) });
    }
  }
}

function cellText(cell: Cell, column: Column | undefined): string {
  if (typeof cell !== 'number') {
    return cell ?? '–';
  }
  return (column?.format ?? countText)(cell);
}

/** "aster-8b. n 1,240. Median 4.10." */
function rowWords({ table: { columns, rows } }: Figure, row: number): string {
  const cells = rows[row] ?? [];
  const words = cells.map((cell, n) => {
    const text = cellText(cell, columns[n]);
    return n === 0 ? text : `${columns[n]?.title ?? ''} ${text}`;
  });
  return words.join(' · ');
}
