// A video: what can be played, and the frames that the model saw.

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { FramesView, MediaView } from '../../src/protocol/sampleParts';
import { positionText, secondsText, t } from '../words';
import { frameStrip } from './frameStrip';
import { fileName, icon } from './parts';
import { styled } from './styled';

const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;
const NORMAL_SPEED = 2;
/** Videos are fetched as a whole: VS Code's own addresses do not allow seeking. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Until the engine has told the true rate, a step is one of these. */
const USUAL_RATE = 25;

type Phase = 'loading' | 'playable' | 'unplayable' | 'tooLarge' | 'list';

@customElement('rl-video')
export class VideoPlayer extends LitElement {
  @property({ attribute: false }) medium: MediaView = { path: '', kind: 'video' };
  @property({ attribute: false }) frames: FramesView | undefined;
  /** somebody asked for the frames */
  @property({ attribute: false }) awaitsFrames = true;
  @state() private phase: Phase = 'loading';
  @state() private seconds = 0;
  @state() private duration = 0;
  @state() private playing = false;
  @state() private loop = false;
  @state() private speed = NORMAL_SPEED;
  #uri: string | undefined;
  #address: string | undefined;
  #loading = new AbortController();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forget();
    this.#uri = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  /** A frame on, or back. */
  step(by: 1 | -1): void {
    if (this.phase === 'list') {
      this.#goTo(this.seconds + by);
      return;
    }
    const rate = this.frames?.state === 'shown' ? this.frames.framesPerSecond : USUAL_RATE;
    this.#element?.pause();
    // the middle of a frame: its edges are rounded
    const frame = Math.max(0, Math.floor(this.seconds * rate + 1e-6) + by);
    this.#seek((frame + 0.5) / rate);
  }

  /** Faster, or slower. */
  changeSpeed(by: 1 | -1): void {
    this.#setSpeed(Math.max(0, Math.min(SPEEDS.length - 1, this.speed + by)));
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (this.medium.uri !== this.#uri && this.isConnected) {
      this.#forget();
      this.#uri = this.medium.uri;
      void this.#load(this.medium);
    }
  }

  #forget(): void {
    this.#loading.abort();
    this.#loading = new AbortController();
    if (this.#address !== undefined) {
      URL.revokeObjectURL(this.#address);
      this.#address = undefined;
    }
    this.phase = 'loading';
    this.seconds = 0;
    this.duration = 0;
    this.playing = false;
  }

  async #load({ uri, sizeBytes, frames }: MediaView): Promise<void> {
    const { signal } = this.#loading;
    if (frames !== undefined) {
      this.phase = 'list';
      return;
    }
    if ((sizeBytes ?? 0) > MAX_BYTES) {
      this.phase = 'tooLarge';
      return;
    }
    try {
      const response = await fetch(uri ?? '', { signal });
      if (!response.ok) {
        throw new Error(response.statusText);
      }
      const address = URL.createObjectURL(await response.blob());
      if (signal.aborted) {
        URL.revokeObjectURL(address);
        return;
      }
      this.#address = address;
      this.phase = 'playable';
    } catch {
      // whatever keeps it from playing: the frames are still shown
      if (!signal.aborted) {
        this.phase = 'unplayable';
      }
    }
  }

  get #element(): HTMLVideoElement | null {
    return this.querySelector('video');
  }

  protected override render(): TemplateResult {
    const name = fileName(this.medium.path);
    return html`
      <div
        class="player"
        role="group"
        aria-label=${t('Video {0}', name)}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
      >
        ${this.#screen(name)}
        ${frameStrip({
          frames: this.frames,
          awaited: this.awaitsFrames,
          seconds: this.phase === 'playable' || this.phase === 'list' ? this.seconds : undefined,
          onChoose: (seconds) => this.#goTo(seconds),
        })}
      </div>
    `;
  }

  #screen(name: string): TemplateResult {
    switch (this.phase) {
      case 'loading':
        return html`<div class="msg info" role="status">${icon('loading')} ${t('Loading…')}</div>`;
      case 'unplayable':
        return html`<div class="msg info">
          ${icon('info')} ${t('VS Code can’t play this video. Below are the frames the model saw.')}
        </div>`;
      case 'tooLarge':
        return html`<div class="msg info">
          ${icon('info')}
          ${t('This video is too large to be played here. Below are the frames the model saw.')}
        </div>`;
      case 'list':
        return this.#pictureOfList();
      case 'playable':
        return html`
          <div class="view">
            <video
              muted
              playsinline
              preload="auto"
              tabindex="0"
              aria-label=${t('Video {0}, without sound', name)}
              src=${this.#address ?? ''}
              .loop=${this.loop}
              @loadedmetadata=${() => {
                this.#setSpeed(this.speed); // a new video starts at its own
                this.#onTime();
              }}
              @durationchange=${() => this.#onTime()}
              @timeupdate=${() => this.#onTime()}
              @seeked=${() => this.#onTime()}
              @play=${() => (this.playing = true)}
              @pause=${() => (this.playing = false)}
              @click=${() => this.#toggle()}
              @error=${() => (this.phase = 'unplayable')}
            ></video>
          </div>
          ${this.#controls()}
        `;
    }
  }

  /** `seconds` counts frames here: one a second. */
  #pictureOfList(): TemplateResult {
    const frames = this.medium.frames ?? [];
    const at = Math.min(this.seconds, frames.length - 1);
    const words = t('Frame {0} of {1}', at + 1, frames.length);
    return html`
      <div class="view"><img src=${frames[at] ?? ''} alt=${words} /></div>
      <div class="vctl">
        ${this.#button('chevron-left', t('Frame back'), ',', () => this.step(-1))}
        <span class="n" role="status">${words}</span>
        ${this.#button('chevron-right', t('Frame on'), '.', () => this.step(1))}
      </div>
    `;
  }

  #controls(): TemplateResult {
    const total = secondsText(this.duration);
    const speed = SPEEDS[this.speed] ?? 1;
    return html`<div class="vctl">
      ${this.#button('chevron-left', t('Frame back'), ',', () => this.step(-1))}
      ${this.#button(
        this.playing ? 'debug-pause' : 'play',
        this.playing ? t('Pause') : t('Play'),
        t('Space'),
        () => this.#toggle(),
      )}
      ${this.#button('chevron-right', t('Frame on'), '.', () => this.step(1))}
      <span class="n">${positionText(this.seconds)}</span>
      <span class="scrub">
        <input
          type="range"
          min="0"
          step="0.01"
          max=${Math.max(this.duration, 0.01)}
          .value=${String(this.seconds)}
          aria-label=${t('Position')}
          aria-valuetext=${t('{0} of {1} seconds', secondsText(this.seconds), total)}
          @input=${(event: Event) => this.#seek(Number((event.target as HTMLInputElement).value))}
        />
        ${this.#ticks()}
      </span>
      <span class="n dim">${positionText(this.duration)}</span>
      <button
        class="tb"
        aria-label=${t('Speed {0}', `${speed}×`)}
        title=${t('Speed (< and >)')}
        @click=${() => this.#setSpeed((this.speed + 1) % SPEEDS.length)}
      >
        ${speed}×
      </button>
      <button
        class="tb sq"
        aria-pressed=${this.loop ? 'true' : 'false'}
        aria-label=${t('Loop')}
        title=${t('Loop')}
        @click=${() => (this.loop = !this.loop)}
      >
        ${icon('sync')}
      </button>
    </div>`;
  }

  #button(name: string, label: string, key: string, act: () => void): TemplateResult {
    return html`<button class="tb sq" aria-label=${label} title="${label} (${key})" @click=${act}>
      ${icon(name)}
    </button>`;
  }

  /** Where the sampled frames are. */
  #ticks(): TemplateResult | typeof nothing {
    if (this.frames?.state !== 'shown' || this.duration === 0) {
      return nothing;
    }
    return html`<span class="ticks" aria-hidden="true"
      >${this.frames.frames.map(
        ({ seconds }) =>
          html`<i ${styled({ left: `${Math.min(100, (100 * seconds) / this.duration)}%` })}></i>`,
      )}</span
    >`;
  }

  #goTo(seconds: number): void {
    if (this.phase === 'list') {
      const last = (this.medium.frames ?? []).length - 1;
      this.seconds = Math.max(0, Math.min(last, seconds));
      return;
    }
    const rate = this.frames?.state === 'shown' ? this.frames.framesPerSecond : USUAL_RATE;
    this.#element?.pause();
    this.#seek(seconds + 0.5 / rate);
  }

  #seek(seconds: number): void {
    const video = this.#element;
    if (video !== null) {
      video.currentTime = Math.max(0, Math.min(this.duration, seconds));
      this.seconds = video.currentTime;
    }
  }

  #toggle(): void {
    const video = this.#element;
    if (video?.paused === true) {
      video.play().catch(() => {
        this.phase = 'unplayable';
      });
    } else {
      video?.pause();
    }
  }

  #setSpeed(speed: number): void {
    this.speed = speed;
    const video = this.#element;
    if (video !== null) {
      video.playbackRate = SPEEDS[speed] ?? 1;
    }
  }

  #onTime(): void {
    const video = this.#element;
    if (video !== null) {
      this.seconds = video.currentTime;
      this.duration = Number.isFinite(video.duration) ? video.duration : 0;
    }
  }

  #onKey(event: KeyboardEvent): void {
    // on its buttons the key presses them
    const pressesButton = event.target instanceof HTMLButtonElement;
    if (event.key === ' ' && !pressesButton && !event.ctrlKey && !event.metaKey) {
      this.#toggle();
      event.preventDefault();
      event.stopPropagation();
    }
  }
}
