// The top bar: dataset, progress, engine, export.

import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { EngineView, FromWebview } from '../../src/protocol/reviewProtocol';
import type { QueueQuery } from '../../src/sample/queueQuery';
import { icon } from '../shared/parts';
import { StoreElement } from '../shared/storeElement';
import { styled } from '../shared/styled';
import { keepTabStop, onToolbarKey } from '../shared/toolbar';
import { post } from '../vscodeApi';
import { countText, t } from '../words';
import { conditionCount, sortWords } from './queueQuery';

@customElement('rl-top-bar')
export class TopBar extends StoreElement {
  protected override render(): TemplateResult {
    const { store } = this;
    const { reviewed, total } = store.progress;
    const share = total === 0 ? 0 : (100 * reviewed) / total;
    return html`
      <header class="bar">
        <h1 class="vh">${t('Review of {0}', store.name)}</h1>
        <div class="bartools" role="toolbar" aria-label=${t('Review')} @keydown=${onToolbarKey}>
        <button
          class="tb sq"
          aria-pressed=${store.layout.queueShown ? 'true' : 'false'}
          aria-label=${t('Queue')}
          title=${t('Queue (Q)')}
          @click=${() => store.showQueue(!store.layout.queueShown)}
        >
          ${icon('layout-sidebar-left')}
        </button>
        ${this.#name()}
        <span
          class="prog"
          role="progressbar"
          aria-label=${t('Reviewed')}
          aria-valuemin="0"
          aria-valuenow=${reviewed}
          aria-valuemax=${total}
          ><i ${styled({ width: `${share}%` })}></i
        ></span>
        <span class="num" title=${t('{0} reviewed, {1} left', reviewed, total - reviewed)}
          >${countText(reviewed)}<span class="dim">
            / ${countText(total)}<span class="opt"> ${t('reviewed')}</span></span
          ></span
        >
        <span class="sp"></span>
        ${this.#query(store.queue.view.query)}
        <span class="vr"></span>
        ${this.#mode('blind', 'eye-closed', t('Blind'), t('Blind: hide sources and rewards until you decide (H)'))}
        ${this.#mode('shuffle', 'arrow-swap', t('Shuffle'), t('Shuffle the order of the answers'))}
        <span class="vr"></span>
        ${this.#engine(store.engine)}
        <span class="vr"></span>
        ${this.#command('export', 'export', t('Export'), t('Export preference pairs'))}
        ${this.#command('statistics', 'graph', t('Statistics'), t('Show statistics'))}
        ${this.#command('more', 'ellipsis', undefined, t('More'))}
        </div>
      </header>
    `;
  }

  #query(query: QueueQuery): TemplateResult {
    const count = conditionCount(query);
    return html`
      <button
        class="sel"
        tabindex="-1"
        title=${t('Filter the queue')}
        aria-label=${count === 0 ? t('Filter') : t('Filter, {0} active', count)}
        @click=${() => post({ type: 'command', command: 'filter' })}
      >
        ${icon('filter')}<span>${t('Filter')}</span>
        ${count === 0 ? '' : html`<span class="badge">${count}</span>`}${icon('chevron-down')}
      </button>
      <button
        class="sel"
        tabindex="-1"
        title=${t('Sort the queue')}
        aria-label=${t('Sort: {0}', sortWords(query))}
        @click=${() => post({ type: 'command', command: 'sort' })}
      >
        ${icon('list-ordered')}<span>${sortWords(query)}</span>${icon('chevron-down')}
      </button>
    `;
  }

  /** For samples without ranks, from the next one on. */
  #mode(what: 'blind' | 'shuffle', image: string, label: string, title: string): TemplateResult {
    return html`<button
      class="tb lbl opt"
      tabindex="-1"
      aria-pressed=${this.store.mode[what] ? 'true' : 'false'}
      aria-label=${label}
      title=${title}
      @click=${() => this.store.toggleMode(what)}
    >
      ${icon(image)}<span>${label}</span>
    </button>`;
  }

  #engine({ state, text, batch, detail }: EngineView): TemplateResult {
    const mark =
      state === 'fault'
        ? icon('warning')
        : html`<span class="dot ${state}" aria-hidden="true"></span>`;
    const words = {
      off: '', // its text says so
      stopped: t('not started'),
      starting: t('starting'),
      ready: t('ready'),
      busy: t('scoring'),
      fault: t('fault'),
    }[state];
    return html`<button
      class="tb dev"
      tabindex="-1"
      title=${detail ?? t('Model and engine')}
      @click=${() => post({ type: 'command', command: 'engineMenu' })}
    >
      ${mark}<span>${text}</span><span class="dim opt">${batch ?? words}</span>
    </button>`;
  }

  #command(
    command: Extract<FromWebview, { type: 'command' }>['command'],
    image: string,
    label: string | undefined,
    title: string,
  ): TemplateResult {
    return html`<button
      class="tb ${label === undefined ? 'sq' : 'lbl cmd'}"
      tabindex="-1"
      aria-label=${title}
      title=${title}
      @click=${() => post({ type: 'command', command })}
    >
      ${icon(image)}${label === undefined ? '' : html`<span>${label}</span>`}
    </button>`;
  }

  protected override updated(): void {
    const bar = this.querySelector<HTMLElement>('[role=toolbar]');
    if (bar !== null) {
      keepTabStop(bar);
    }
  }

  #name(): TemplateResult {
    const { name, sample } = this.store;
    return sample?.hasText === false
      ? html`<span class="tb name" title=${name}>${name}</span>`
      : html`<button
          class="tb name"
          tabindex="-1"
          title=${t('Open this line in the text editor (L)')}
          @click=${() => this.#goToLine()}
        >
          ${name}
        </button>`;
  }

  #goToLine(): void {
    const { sample } = this.store;
    if (sample !== undefined) {
      post({ type: 'goToLine', key: sample.key });
    }
  }
}
