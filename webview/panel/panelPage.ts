// The page of the side panel: the picture that is followed, and the samples that use it.

import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { SampleView, SectionView } from '../../src/protocol/reviewProtocol';
import '../editor/keysDialog';
import { openMenu } from '../shared/cardParts';
import { icon, keycap, noticeList } from '../shared/parts';
import { StoreElement } from '../shared/storeElement';
import { post } from '../vscodeApi';
import { t } from '../words';
import { compactCard } from './compactCard';

@customElement('rl-panel-page')
export class PanelPage extends StoreElement {
  protected override render(): TemplateResult {
    const { store } = this;
    if (!store.loaded) {
      return html`<div class="loading" role="status">${t('Loading…')}</div>`;
    }
    return html`
      <main class="side">
        ${store.followed === undefined ? this.#nothingFollowed() : this.#followed()}
        <span class="sp"></span>
        <div class="qfoot">
          <span class="dot ${store.engine.state}" aria-hidden="true"></span>
          <span>${store.engine.text}</span>
          <span class="sp"></span>
          <button class="keysbtn" @click=${() => store.toggle('keysOpen', true)}>
            ${keycap('?')} ${t('keys')}
          </button>
        </div>
      </main>
      <rl-keys-dialog></rl-keys-dialog>
    `;
  }

  #nothingFollowed(): TemplateResult {
    return html`<div class="empty">
      <p>${t('Open a picture: the answers about it appear here.')}</p>
      <vscode-button @click=${() => post({ type: 'command', command: 'openDataset' })}
        >${t('Open a dataset…')}</vscode-button
      >
      <button class="link" @click=${() => post({ type: 'command', command: 'openSamples' })}>
        ${t('Try the sample dataset')}
      </button>
    </div>`;
  }

  #followed(): TemplateResult {
    const { followed, notices, sections } = this.store;
    if (followed === undefined) {
      return html``;
    }
    const { name, folder, uri, samples, files } = followed;
    const counts =
      samples === 0
        ? t('No answers for this file yet')
        : samples === 1
          ? t('1 sample uses it')
          : files === 1
            ? t('{0} samples use it', samples)
            : t('{0} samples in {1} files use it', samples, files);
    return html`
      <div class="sfile">
        ${uri === undefined ? nothing : html`<img src=${uri} alt=${t('Picture {0}', name)} />`}
        <div>
          <div class="sname">${name}</div>
          <div class="dim">${folder}</div>
          <div class="scount">${counts}</div>
          ${
            samples === 0
              ? html`<button
                  class="link"
                  @click=${() => post({ type: 'command', command: 'openDataset' })}
                >
                  ${t('Open a dataset…')}
                </button>`
              : nothing
          }
        </div>
      </div>
      ${noticeList(notices)}
      ${repeat(
        sections,
        (section) => section.key,
        (section) => this.#section(section),
      )}
    `;
  }

  #section(section: SectionView): TemplateResult {
    const { sample } = this.store;
    const open = sample?.key === section.key ? sample : undefined;
    const state = section.decided ? t('Reviewed') : t('Unreviewed');
    return html`
      <section class="acc">
        <h2>
          <button
            class="acch"
            aria-expanded=${open === undefined ? 'false' : 'true'}
            @click=${() => post({ type: 'openSection', key: section.key })}
          >
            ${icon(open === undefined ? 'chevron-right' : 'chevron-down')}
            <span class="nm">${section.id}</span>
            <span class="dim">${section.file}:${section.line}</span>
            <span class="sp"></span>
            ${icon(section.decided ? 'check' : 'circle-large', state)}
          </button>
        </h2>
        ${
          open === undefined
            ? html`<p class="exc dim">${section.text}</p>`
            : html`<div class="accbody">${this.#open(open)}</div>`
        }
      </section>
    `;
  }

  #open(sample: SampleView): TemplateResult {
    const { store } = this;
    const flagged = sample.verdict.flagged;
    const last = sample.turns.at(-1);
    return html`
      <p class="prompt">${last?.content ?? ''}</p>
      ${repeat(
        sample.candidates,
        (_, index) => index,
        (_, index) => compactCard({ store, sample, index }),
      )}
      ${
        store.saving.state === 'failed'
          ? html`<div class="msg error" role="alert">
              ${icon('error')}
              <div><b>${t('Not saved.')}</b> ${store.saving.text}</div>
            </div>`
          : nothing
      }
      ${
        store.noteOpen
          ? html`<vscode-text-area
              class="note"
              rows="2"
              aria-label=${t('Note')}
              .value=${sample.verdict.note}
              @keydown=${(event: Event) => event.stopPropagation()}
              @blur=${(event: Event) => store.saveNote((event.target as HTMLTextAreaElement).value)}
            ></vscode-text-area>`
          : nothing
      }
      <div class="sbuttons">
        <vscode-button class="pri" ?disabled=${store.readOnly} @click=${() => store.saveAndNext()}
          >${store.isSaved ? t('Saved') : t('Save')} ${keycap('↵')}</vscode-button
        >
        <vscode-button
          appearance="secondary"
          ?disabled=${!store.rewards.some((reward) => reward !== null)}
          @click=${() => store.accept()}
          >${t('Accept model’s')} ${keycap('M')}</vscode-button
        >
        <vscode-button
          appearance="icon"
          class=${flagged ? 'on' : ''}
          aria-pressed=${flagged ? 'true' : 'false'}
          aria-label=${t('Flag')}
          title=${t('Flag (F)')}
          @click=${() => store.toggleFlag()}
          >${icon('report')}</vscode-button
        >
        <vscode-button
          appearance="icon"
          aria-haspopup="menu"
          aria-label=${t('All bad, skip, note')}
          title=${t('All bad, skip, note')}
          @click=${(event: Event) => openMenu(event, this.#moreItems())}
          >${icon('ellipsis')}</vscode-button
        >
      </div>
      <vscode-button
        appearance="secondary"
        @click=${() => post({ type: 'openInEditor', key: sample.key })}
        >${icon('link-external')} ${t('Open in Review Editor')}</vscode-button
      >
    `;
  }

  #moreItems(): { label: string; icon: string; run: () => void }[] {
    const { store } = this;
    return [
      { label: t('All bad'), icon: 'thumbsdown', run: () => store.toggleAllBad() },
      { label: t('Skip'), icon: 'debug-step-over', run: () => store.skip() },
      { label: t('Note'), icon: 'note', run: () => store.toggle('noteOpen', true) },
      { label: t('Undo'), icon: 'discard', run: () => store.undo() },
    ];
  }
}
