// Pictures, prompt, facts and note: what the answers are about.

import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { SampleView } from '../../src/protocol/reviewProtocol';
import type { MediaView } from '../../src/protocol/sampleParts';
import { CHECKS } from '../../src/sample/explanation';
import type { MediaFacts } from '../../src/sample/reward';
import '../explain/whyReward';
import '../media/zoomView';
import type { ZoomView } from '../media/zoomView';
import type { Covers } from '../explain/coverMap';
import { blindNotice } from '../shared/blindNotice';
import { noteButton } from '../shared/noteField';
import { fileName, icon, promptText } from '../shared/parts';
import { StoreElement } from '../shared/storeElement';
import { keepTabStop, onToolbarKey } from '../shared/toolbar';
import '../shared/videoPlayer';
import { sampleFacts } from '../sampleFacts';
import { secondsText, t } from '../words';

@customElement('rl-media-column')
export class MediaColumn extends StoreElement {
  @state() private shown = 0;
  @state() private turnsOpen = false;
  @state() private foldOpen = false;
  /** address of a picture that the browser could not show */
  @state() private unshown = '';
  #key = '';

  protected override render(): TemplateResult {
    const { sample } = this.store;
    if (sample === undefined) {
      return html`<section class="media" aria-label=${t('Picture and prompt')}></section>`;
    }
    if (sample.key !== this.#key) {
      this.#key = sample.key;
      this.shown = 0;
      this.turnsOpen = false;
    }
    // a note that is written must be seen, and facts that were asked for
    const { pair } = this.store;
    const { noteOpen, factsOpen } = this.store.layout;
    const foldOpen = this.foldOpen || noteOpen || factsOpen;
    return html`
      <section class="media ${factsOpen ? 'withfacts' : ''}" aria-label=${t('Picture and prompt')}>
        ${sample.media.length === 0 ? nothing : this.#pictures(sample)} ${this.#prompt(sample)}
        ${blindNotice(this.store, sample)}
        <button
          class="foldbtn"
          aria-expanded=${foldOpen ? 'true' : 'false'}
          @click=${() => {
            this.foldOpen = !foldOpen;
            this.store.layout.factsOpen = false;
          }}
        >
          ${icon(foldOpen ? 'chevron-down' : 'chevron-right')} ${t('This sample and note')}
        </button>
        <div class="fold ${foldOpen ? 'open' : ''}">
          ${this.#facts(sample)}
          ${pair === undefined ? html`<rl-why .image=${this.shown} .checks=${CHECKS}></rl-why>` : nothing}
          ${this.#note()}
        </div>
      </section>
    `;
  }

  #pictures(sample: SampleView): TemplateResult {
    const index = Math.min(this.shown, sample.media.length - 1);
    const medium = sample.media[index];
    const facts = sample.score.media[index];
    return html`
      <div class="mtools">
        ${
          sample.media.length > 1
            ? html`<div role="tablist" class="tabs" aria-label=${t('Pictures')}>
                ${sample.media.map((_, n) => this.#tab(n, index))}
              </div>`
            : nothing
        }
        <span class="fname" title=${medium?.path ?? ''}>${fileName(medium?.path ?? '')}</span>
        ${facts === undefined ? nothing : html`<span class="dim">${sizeText(facts)}</span>`}
        <span class="sp"></span>
        ${medium?.kind === 'image' && medium.uri !== undefined ? this.#zoomTools(facts) : nothing}
      </div>
      ${
        medium === undefined
          ? nothing
          : medium.kind === 'video' && medium.uri !== undefined
            ? html`<rl-video .medium=${medium} .frames=${this.store.frames.get(index)}></rl-video>`
            : this.#picture(medium, facts, index, sample.media.length)
      }
      ${
        facts === undefined
          ? nothing
          : html`<div class="cap">${tilesText(facts.grid[0] * facts.grid[1])}</div>`
      }
    `;
  }

  #tab(n: number, selected: number): TemplateResult {
    return html`<button
      role="tab"
      aria-selected=${n === selected ? 'true' : 'false'}
      aria-label=${t('Picture {0}', n + 1)}
      tabindex=${n === selected ? '0' : '-1'}
      @click=${() => {
        this.shown = n;
      }}
      @keydown=${(event: KeyboardEvent) => this.#onTabKey(event)}
    >
      ${n + 1}
    </button>`;
  }

  #onTabKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const count = this.store.sample?.media.length ?? 0;
    if (step !== undefined && count > 0) {
      this.shown = (this.shown + step + count) % count;
      event.preventDefault();
      event.stopPropagation();
      void this.updateComplete.then(() =>
        this.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus(),
      );
    }
  }

  #zoomTools(facts: MediaFacts | undefined): TemplateResult {
    const { layout } = this.store;
    const tool = (name: string, label: string, press: () => void): TemplateResult =>
      html`<button class="tb sq" tabindex="-1" aria-label=${label} title=${label} @click=${press}>
        ${icon(name)}
      </button>`;
    return html`<div
      class="ztools"
      role="toolbar"
      aria-label=${t('Picture')}
      @keydown=${onToolbarKey}
    >
      <button
        class="tb lbl"
        aria-pressed=${layout.tilesShown ? 'true' : 'false'}
        ?disabled=${facts === undefined}
        title=${t('Tiles that the model sees (O)')}
        @click=${() => this.store.toggle('tilesShown', !layout.tilesShown)}
      >
        ${icon('layers')}<span>${t('Tiles')}</span>
      </button>
      ${tool('zoom-out', t('Zoom out (−)'), () => this.#zoom?.step(-1))}
      <button
        class="tb"
        tabindex="-1"
        title=${t('Whole picture (0 while the picture has focus)')}
        @click=${() => this.#zoom?.reset()}
      >
        ${this.#zoom?.words ?? t('Fit')}
      </button>
      ${tool('zoom-in', t('Zoom in (+)'), () => this.#zoom?.step(1))}
    </div>`;
  }

  get #zoom(): ZoomView | null {
    return this.querySelector<ZoomView>('rl-zoom');
  }

  protected override updated(): void {
    const bar = this.querySelector<HTMLElement>('.ztools');
    if (bar !== null) {
      keepTabStop(bar);
    }
  }

  #picture(
    medium: MediaView,
    facts: MediaFacts | undefined,
    index: number,
    count: number,
  ): TemplateResult {
    if (medium.uri === undefined) {
      return html`<div class="msg error nopic">
        ${icon('error')}
        <div>${medium.fault ?? ''}</div>
      </div>`;
    }
    const alt =
      count > 1
        ? t('Picture {0} of {1}: {2}', index + 1, count, fileName(medium.path))
        : t('Picture {0}', fileName(medium.path));
    if (medium.uri === this.unshown) {
      return html`<div class="msg nopic">
        ${icon('info')}
        <div>${t('VS Code can’t show this picture (TIFF, for example). Scoring reads the file itself.')}</div>
      </div>`;
    }
    const { uri } = medium;
    return html`<rl-zoom
      class="view"
      role="group"
      tabindex="0"
      aria-label=${t('{0}. Plus and minus zoom, arrows move.', alt)}
      .uri=${uri}
      .alt=${alt}
      .facts=${facts}
      .tiles=${this.store.layout.tilesShown}
      .covers=${this.#covers(index)}
      @zoom-change=${() => this.requestUpdate()}
      @picture-fault=${() => {
        this.unshown = uri;
      }}
    ></rl-zoom>`;
  }

  /** What covering each part of the picture does to the reward of the answer with focus. */
  #covers(image: number): Covers | undefined {
    const { sample, focused: index, explanations } = this.store;
    const asked = sample && { sample, index, check: 'occlusion' as const, image };
    const found = asked && explanations.isOpen(asked) ? explanations.found(asked) : undefined;
    // as on the strips of rewards: tiny differences stay tiny
    return found && { found, leastChange: sample?.score.medianRange ?? 0 };
  }

  #prompt(sample: SampleView): TemplateResult {
    const earlier = sample.turns.slice(0, -1);
    const last = sample.turns.at(-1);
    const title =
      earlier.length === 1 ? t('1 earlier turn') : t('{0} earlier turns', earlier.length);
    return html`
      <div class="sec">
        <h2>${t('Prompt')}</h2>
        ${
          earlier.length === 0
            ? nothing
            : html`<button
                  class="turnsbtn"
                  aria-expanded=${this.turnsOpen ? 'true' : 'false'}
                  @click=${() => {
                    this.turnsOpen = !this.turnsOpen;
                  }}
                >
                  ${icon(this.turnsOpen ? 'chevron-down' : 'chevron-right')} ${title}
                </button>
                ${
                  this.turnsOpen
                    ? earlier.map(
                        ({ role, content }) =>
                          html`<div class="turn">
                            <span class="dim">${role}</span>
                            <p>${content}</p>
                          </div>`,
                      )
                    : nothing
                }`
        }
        ${promptText(last?.content ?? '')}
      </div>
    `;
  }

  #facts(sample: SampleView): TemplateResult | typeof nothing {
    const facts = sampleFacts(sample);
    return facts.length === 0
      ? nothing
      : html`<div
          class="sec factsec"
          role="group"
          tabindex="-1"
          aria-label=${[t('This sample'), ...facts.map((fact) => fact.join(' '))].join('. ')}
        >
          <h2>
            ${t('This sample')}
            <span
              class="codicon codicon-info"
              role="img"
              aria-label=${t('Rewards have no absolute meaning.')}
              title=${t('Rewards have no absolute meaning. Only differences within one sample do.')}
            ></span>
          </h2>
          <dl class="facts">
            ${facts.map(
              ([name, value]) =>
                html`<dt>${name}</dt>
                  <dd>${value}</dd>`,
            )}
          </dl>
        </div>`;
  }

  #note(): TemplateResult | typeof nothing {
    const { decisions, layout, pair } = this.store;
    if (pair !== undefined) {
      return nothing; // it is in the dock
    }
    if (layout.noteOpen) {
      return html`<div class="sec">
        <h2>${t('Note')}</h2>
        <rl-note-field></rl-note-field>
      </div>`;
    }
    return decisions.noteText === ''
      ? nothing
      : html`<div class="sec">
          <h2>${t('Note')}</h2>
          ${noteButton(this.store)}
        </div>`;
  }
}

function sizeText({ width, height, video }: MediaFacts): string {
  if (video?.isList) {
    return `${video.width} × ${video.height} · ${t('{0} frames', video.frameCount)}`;
  }
  return video === undefined
    ? `${width} × ${height}`
    : `${video.width} × ${video.height} · ${t('{0} s', secondsText(video.frameCount / video.framesPerSecond))}`;
}

function tilesText(tiles: number): string {
  return tiles === 1
    ? t('The model sees 1 tile and one small overview')
    : t('The model sees {0} tiles and one small overview', tiles);
}
