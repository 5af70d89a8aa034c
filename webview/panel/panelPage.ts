// The page of the side panel: the picture that is followed, and the samples that use it.

import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type {
  FollowedView,
  MediaView,
  SampleView,
  SectionView,
} from '../../src/protocol/reviewProtocol';
import '../editor/keysDialog';
import { openMenu } from '../shared/cardParts';
import { icon, keycap, noticeList } from '../shared/parts';
import { StoreElement } from '../shared/storeElement';
import '../shared/videoPlayer';
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
        <h1 class="vh">${t('Responses')}</h1>
        <rl-menu></rl-menu>
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
      <p>${t('Open a picture or a video: the answers about it appear here.')}</p>
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
    const { name, folder, uri, kind, samples, files } = followed;
    const counts =
      samples === 0
        ? t('No answers for this file yet')
        : samples === 1
          ? t('1 sample uses it')
          : files === 1
            ? t('{0} samples use it', samples)
            : t('{0} samples in {1} files use it', samples, files);
    return html`
      <div class="sfile ${kind}">
        ${
          uri === undefined || kind === 'video'
            ? nothing
            : html`<img
                src=${uri}
                alt=${t('Picture {0}', name)}
                @load=${(event: Event) => showPicture(event, true)}
                @error=${(event: Event) => showPicture(event, false)}
              />`
        }
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
      ${kind === 'video' && uri !== undefined ? this.#video(followed, uri) : nothing}
      ${noticeList(notices)}
      ${repeat(
        sections,
        (section) => section.key,
        (section) => this.#section(section),
      )}
    `;
  }

  /** With the frames as the open sample's model sees them. */
  #video(followed: FollowedView, uri: string): TemplateResult {
    const at = this.store.sample?.media.findIndex((medium) => medium.uri === uri) ?? -1;
    const { name, sizeBytes } = followed;
    const medium: MediaView = {
      path: name,
      kind: 'video',
      uri,
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
    };
    return html`<rl-video
      .medium=${medium}
      .frames=${this.store.frames.get(at)}
      .awaitsFrames=${at >= 0}
    ></rl-video>`;
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
        store.decisions.saving.state === 'failed'
          ? html`<div class="msg error" role="alert">
              ${icon('error')}
              <div><b>${t('Not saved.')}</b> ${store.decisions.saving.text}</div>
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
              @blur=${(event: Event) => store.closeNote((event.target as HTMLTextAreaElement).value)}
            ></vscode-text-area>`
          : nothing
      }
      <div class="sbuttons">
        <vscode-button class="pri" ?disabled=${store.readOnly} @click=${() => store.decisions.saveAndNext()}
          >${store.decisions.isSaved ? t('Saved') : t('Save')} ${keycap('↵')}</vscode-button
        >
        <vscode-button
          appearance="secondary"
          ?disabled=${!store.decisions.rewards.some((reward) => reward !== null)}
          @click=${() => store.decisions.accept()}
          >${t('Accept model’s')} ${keycap('M')}</vscode-button
        >
        <button
          class="tb sq"
          aria-pressed=${flagged ? 'true' : 'false'}
          aria-label=${t('Flag')}
          title=${t('Flag (F)')}
          @click=${() => store.decisions.toggleFlag()}
        >
          ${icon('report')}
        </button>
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
      { label: t('All bad'), icon: 'thumbsdown', run: () => store.decisions.toggleAllBad() },
      { label: t('Skip'), icon: 'debug-step-over', run: () => store.decisions.skip() },
      { label: t('Note'), icon: 'note', run: () => store.toggle('noteOpen', true) },
      { label: t('Undo'), icon: 'discard', run: () => store.undo() },
    ];
  }
}

/** A picture of a kind that the browser can't show (TIFF) leaves no broken icon. */
function showPicture({ target }: Event, shown: boolean): void {
  (target as HTMLElement).hidden = !shown;
}
