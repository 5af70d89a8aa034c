// The page of the side panel: the picture that is followed, and the samples that use it.

import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { FollowedView, SectionView } from '../../src/protocol/reviewProtocol';
import type { MediaView } from '../../src/protocol/sampleParts';
import '../editor/keysDialog';
import '../shared/menu';
import { icon, keycap, noticeList } from '../shared/parts';
import { StoreElement } from '../shared/storeElement';
import '../shared/videoPlayer';
import { post } from '../vscodeApi';
import { t } from '../words';
import { openSample } from './openSample';

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
    const { name, folder, uri, kind, samples, files, remarks } = followed;
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
          ${remarks.map((remark) => html`<div class="dim">${icon('warning')} ${remark}</div>`)}
          ${
            samples === 0
              ? html`<div class="sacts">
                  <vscode-button
                    @click=${() => post({ type: 'command', command: 'pasteAnswers' })}
                    >${t('Paste answers…')}</vscode-button
                  >
                  <vscode-button
                    appearance="secondary"
                    @click=${() => post({ type: 'command', command: 'openDataset' })}
                    >${t('Open a dataset…')}</vscode-button
                  >
                </div>`
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
    const [image, state] = section.decided
      ? ['check', t('Reviewed')]
      : section.stale
        ? ['history', t('Changed since you decided')]
        : ['circle-large', t('Unreviewed')];
    return html`
      <section class="acc">
        <h2>
          <button
            class="acch"
            aria-expanded=${open === undefined ? 'false' : 'true'}
            @click=${() =>
              open === undefined
                ? this.store.navigation.chooseSection(section.key)
                : this.store.closeSection()}
          >
            ${icon(open === undefined ? 'chevron-right' : 'chevron-down')}
            <span class="nm">${section.id}</span>
            <span class="dim">${section.file}:${section.line}</span>
            <span class="sp"></span>
            ${icon(image, state)}
          </button>
        </h2>
        ${
          open === undefined
            ? html`<p class="exc dim">${section.text}</p>`
            : html`<div class="accbody">${openSample(this.store, open)}</div>`
        }
      </section>
    `;
  }
}

/** A picture of a kind that the browser can't show (TIFF) leaves no broken icon. */
function showPicture({ target }: Event, shown: boolean): void {
  (target as HTMLElement).hidden = !shown;
}
