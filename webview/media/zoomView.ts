// A picture that can be looked at closely: wheel, drag, keys, and the tiles that the model cuts.

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { MediaFacts } from '../../src/sample/reward';
import { coverMap, type Covers } from '../explain/coverMap';
import { styled } from '../shared/styled';
import { t } from '../words';
import { fit, moved, tilesOf, zoomAt, type Point, type Size, type Zoom } from './zoom';

/** One turn of the wheel, one press of a key. */
const STEP = 1.25;
/** An arrow key moves by this share of the view. */
const MOVE = 0.2;
/** From here on pixels are drawn with sharp edges. */
const SHARP_SCALE = 4;

/** Fires `zoom-change` when its words change, `picture-fault` when the picture can't be shown. */
@customElement('rl-zoom')
export class ZoomView extends LitElement {
  @property() uri = '';
  @property() alt = '';
  @property({ attribute: false }) facts: MediaFacts | undefined;
  @property({ type: Boolean }) tiles = false;
  /** what covering each part does to a reward */
  @property({ attribute: false }) covers: Covers | undefined;
  @state() private picture: Size | undefined;
  /** `undefined`: the whole picture */
  @state() private zoom: Zoom | undefined;
  @state() private view: Size = { width: 0, height: 0 };
  #dragged: Point | undefined;
  readonly #resized = new ResizeObserver(() => {
    this.view = { width: this.clientWidth, height: this.clientHeight };
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
    this.addEventListener('wheel', this.#onWheel, { passive: false });
    this.addEventListener('pointerdown', this.#onDown);
    this.addEventListener('pointermove', this.#onMove);
    this.addEventListener('pointerup', this.#onUp);
    this.addEventListener('dblclick', this.#onDouble);
    this.addEventListener('keydown', this.#onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('uri')) {
      this.zoom = undefined;
      this.picture = undefined;
    }
  }

  /** "Fit", "150 %" */
  get words(): string {
    return this.zoom === undefined ? t('Fit') : t('{0} %', Math.round(100 * this.zoom.scale));
  }

  /** Larger or smaller by so many steps, about the middle. */
  step(steps: number): void {
    this.#zoomBy(STEP ** steps, { x: this.view.width / 2, y: this.view.height / 2 });
  }

  /** Shows the whole picture again. */
  reset(): void {
    this.#setZoom(undefined);
  }

  get #current(): Zoom | undefined {
    return this.zoom ?? (this.picture && fit(this.view, this.picture));
  }

  #setZoom(zoom: Zoom | undefined): void {
    this.zoom = zoom;
    this.dispatchEvent(new CustomEvent('zoom-change'));
  }

  #zoomBy(factor: number, at: Point): void {
    const zoom = this.#current;
    if (zoom === undefined || this.picture === undefined) {
      return;
    }
    const next = zoomAt(zoom, factor, at, this.view, this.picture);
    const isFit = next.scale <= fit(this.view, this.picture).scale;
    this.#setZoom(isFit && factor < 1 ? undefined : next);
  }

  #moveBy(by: Point): void {
    if (this.zoom !== undefined && this.picture !== undefined) {
      this.#setZoom(moved(this.zoom, by, this.view, this.picture));
    }
  }

  #pointOf(event: MouseEvent): Point {
    const { left, top } = this.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  readonly #onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    this.#zoomBy(STEP ** (-event.deltaY / 100), this.#pointOf(event));
  };

  readonly #onDown = (event: PointerEvent): void => {
    if (event.button === 0 && this.zoom !== undefined) {
      this.#dragged = this.#pointOf(event);
      this.setPointerCapture(event.pointerId);
    }
  };

  readonly #onMove = (event: PointerEvent): void => {
    const from = this.#dragged;
    if (from !== undefined) {
      const to = this.#pointOf(event);
      this.#dragged = to;
      this.#moveBy({ x: to.x - from.x, y: to.y - from.y });
    }
  };

  readonly #onUp = (): void => {
    this.#dragged = undefined;
  };

  /** The whole picture, or each of its pixels as large as one of the screen. */
  readonly #onDouble = (event: MouseEvent): void => {
    const zoom = this.#current;
    if (this.zoom !== undefined) {
      this.reset();
    } else if (zoom !== undefined) {
      this.#zoomBy(1 / zoom.scale, this.#pointOf(event));
    }
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const by = {
      ArrowLeft: { x: MOVE * this.view.width, y: 0 },
      ArrowRight: { x: -MOVE * this.view.width, y: 0 },
      ArrowUp: { x: 0, y: MOVE * this.view.height },
      ArrowDown: { x: 0, y: -MOVE * this.view.height },
    }[event.key];
    if (by !== undefined && !event.shiftKey) {
      this.#moveBy(by);
    } else if (event.key === '0') {
      this.reset();
    } else {
      return;
    }
    // here these keys are the picture's
    event.preventDefault();
    event.stopPropagation();
  };

  protected override render(): TemplateResult {
    const { picture } = this;
    const { scale, x, y } = this.#current ?? { scale: 1, x: 0, y: 0 };
    const width = `${(picture?.width ?? 0) * scale}px`;
    const height = `${(picture?.height ?? 0) * scale}px`;
    const transform = `translate(${x}px, ${y}px)`;
    return html`
      <div
        class="canvas ${scale >= SHARP_SCALE ? 'sharp' : ''} ${this.tiles ? 'asstored' : ''}"
        ${styled(picture === undefined ? { transform: 'none' } : { width, height, transform })}
      >
        <img
          src=${this.uri}
          alt=${this.alt}
          draggable="false"
          @load=${(event: Event) => this.#onLoad(event.target as HTMLImageElement)}
          @error=${() => this.dispatchEvent(new CustomEvent('picture-fault'))}
        />
        ${this.tiles && this.facts !== undefined ? this.#tileLines(this.facts) : nothing}
        ${this.covers === undefined ? nothing : coverMap(this.covers)}
      </div>
    `;
  }

  #onLoad({ naturalWidth, naturalHeight }: HTMLImageElement): void {
    this.picture = { width: naturalWidth, height: naturalHeight };
    this.style.setProperty('--picture-ratio', `${naturalWidth} / ${naturalHeight}`);
  }

  #tileLines(facts: MediaFacts): TemplateResult {
    const share = (length: number, of: number): string => `${(100 * length) / of}%`;
    return html`<div class="tiles" aria-hidden="true">
      ${tilesOf(facts).map(
        ({ left, top, width, height }, n) =>
          html`<b
            ${styled({
              left: share(left, facts.width),
              top: share(top, facts.height),
              width: share(width, facts.width),
              height: share(height, facts.height),
            })}
            ><span>${n + 1}</span></b
          >`,
      )}
    </div>`;
  }
}
