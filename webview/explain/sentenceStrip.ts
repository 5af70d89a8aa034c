// The strip below an answer: the reward after each of its sentences.

import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Found } from '../explanations';
import { StoreElement } from '../shared/storeElement';
import { letterOf, marginText, rewardText, t } from '../words';
import { lookAt } from './explainActions';
import { curveWords, dropWords, sentenceWords } from './sentenceWords';
import { gridValues, layoutSteps, type Scale, type Step } from './stripLayout';

type Curve = Found<'sentences'>;

const HEIGHT = 104;
const BOX = { left: 44, top: 22, bottom: 80 };
const RIGHT = 8;
/** Of a change with its sign. */
const WORDS_WIDTH = 56;
/** Numbers below are left out where they would touch. */
const NUMBER_WIDTH = 13;

@customElement('rl-sentence-strip')
export class SentenceStrip extends StoreElement {
  @property({ type: Number }) index = 0;
  @property({ attribute: false }) curve: Curve | undefined;
  @property({ attribute: false }) scale: Scale | undefined;
  @state() private width = 0;
  readonly #resized = new ResizeObserver(() => {
    this.width = this.clientWidth;
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  protected override render(): TemplateResult {
    const { curve, scale } = this;
    const { sample, explanations } = this.store;
    if (curve === undefined || sample === undefined) {
      return html``;
    }
    const looked = explanations.looked;
    const at =
      looked?.key === sample.key && looked.index === this.index ? looked.sentence : undefined;
    return html`
      <div class="striphead">
        ${
          at === undefined
            ? html`<b>${t('Reward after each sentence')}</b>
                <span class="dim">${dropWords(curve)}</span>`
            : html`<span>${sentenceWords(curve, at)}</span>`
        }
      </div>
      ${scale === undefined || this.width === 0 ? nothing : this.#chart(curve, scale, at)}
    `;
  }

  #chart(curve: Curve, scale: Scale, at: number | undefined): TemplateResult {
    const { width } = this;
    const box = { ...BOX, right: Math.max(BOX.left + 1, width - RIGHT) };
    const steps = layoutSteps(curve.steps, scale, box);
    const yOf = (reward: number): number =>
      box.bottom - ((reward - scale.low) / (scale.high - scale.low)) * (box.bottom - box.top);
    const label = t('Answer {0}. {1}', letterOf(this.index), curveWords(curve));
    return html`<svg
      class="curve"
      role="img"
      aria-label=${label}
      width=${width}
      height=${HEIGHT}
      viewBox="0 0 ${width} ${HEIGHT}"
      @pointermove=${(event: PointerEvent) => this.#point(steps, event)}
      @pointerleave=${() => lookAt(this.store, undefined)}
    >
      ${gridValues(scale).map(
        (value) => svg`
          <line class="grid" x1=${box.left} x2=${box.right} y1=${yOf(value)} y2=${yOf(value)}></line>
          <text class="axis" x=${box.left - 6} y=${yOf(value) + 4} text-anchor="end">${rewardText(value)}</text>`,
      )}
      ${this.#drop(curve, steps, box.bottom)}
      ${at === undefined ? nothing : outline(steps[at], box.bottom)}
      <path class="line" d=${pathOf(steps)}></path>
      ${steps.map(({ right, y }) =>
        y === undefined ? nothing : svg`<circle class="dot" cx=${right} cy=${y} r="2.5"></circle>`,
      )}
      ${numbersOf(steps, at)}
      ${lastValue(curve, steps)}
    </svg>`;
  }

  #drop(curve: Curve, steps: readonly Step[], bottom: number): SVGTemplateResult | typeof nothing {
    const { drop } = curve;
    const step = drop && steps[drop.sentence];
    if (drop === undefined || step?.y === undefined) {
      return nothing;
    }
    // in the step, or beside it on the side where there is room
    const isWide = step.right - step.left >= WORDS_WIDTH;
    const isLate = !isWide && step.right + WORDS_WIDTH > this.width;
    const x = isWide ? step.left + 5 : isLate ? step.left - 4 : step.right + 5;
    return svg`
      ${
        drop.isMarked
          ? svg`<rect class="fall" x=${step.left} y="14" width=${step.right - step.left} height=${bottom - 14}></rect>`
          : nothing
      }
      <text
        class=${drop.isMarked ? 'fallwords' : 'axis'}
        x=${x}
        y=${(BOX.top + bottom) / 2 - 4}
        text-anchor=${isLate ? 'end' : 'start'}
      ><tspan class=${drop.isMarked ? 'fallsign' : 'axis'}>▼</tspan> ${marginText(drop.change)}</text>`;
  }

  #point(steps: readonly Step[], { offsetX }: PointerEvent): void {
    const found = steps.findIndex(({ left, right }) => offsetX >= left && offsetX < right);
    lookAt(this.store, found < 0 ? undefined : { index: this.index, sentence: found });
  }
}

function pathOf(steps: readonly Step[]): string {
  let path = '';
  for (const { left, right, y } of steps) {
    path += y === undefined ? '' : `${path === '' ? 'M' : 'L'}${left} ${y}L${right} ${y}`;
  }
  return path;
}

function outline(step: Step | undefined, bottom: number): SVGTemplateResult | typeof nothing {
  return step === undefined
    ? nothing
    : svg`<rect class="looked" x=${step.left} y="14" width=${step.right - step.left} height=${bottom - 10}></rect>`;
}

function numbersOf(
  steps: readonly Step[],
  at: number | undefined,
): readonly (SVGTemplateResult | typeof nothing)[] {
  let free = 0;
  return steps.map(({ left, right }, n) => {
    const middle = (left + right) / 2;
    if (middle - NUMBER_WIDTH / 2 < free && n !== at) {
      return nothing;
    }
    free = middle + NUMBER_WIDTH / 2;
    return svg`<text class=${n === at ? 'here' : 'axis'} x=${middle} y=${HEIGHT - 8} text-anchor="middle">${n + 1}</text>`;
  });
}

/** The answer's own reward stands at the end. */
function lastValue({ own }: Curve, steps: readonly Step[]): SVGTemplateResult | typeof nothing {
  const last = steps.at(-1);
  return last?.y === undefined || own.reward === null
    ? nothing
    : svg`<text class="here" x=${last.right} y=${last.y - 8} text-anchor="end">${rewardText(own.reward)}</text>`;
}
