// Your order as tokens: drag them, or click between them to tie and to separate.

import {
  draggable,
  dropTargetForElements,
} from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { joinGroups, moveTo, splitGroup, toGroups, unrankedOf } from '../../src/sample/ranking';
import { icon } from '../shared/parts';
import { StoreElement } from '../shared/storeElement';
import { keepTabStop, onToolbarKey } from '../shared/toolbar';
import { letterOf, ordinal, t } from '../words';

type Side = 'before' | 'tie' | 'after';

@customElement('rl-order')
export class OrderStrip extends StoreElement {
  @state() private over: { readonly candidate: number; readonly side: Side } | undefined;
  /** what ends the dragging of each token */
  readonly #drags = new Map<HTMLElement, () => void>();

  protected override render(): TemplateResult {
    const { places } = this.store.decisions.draft;
    const groups = toGroups(places);
    const unranked = unrankedOf(places);
    return html`
      <span
        class="order"
        role="toolbar"
        aria-label=${t('Your order, best first')}
        @keydown=${onToolbarKey}
      >
        ${groups.map((group, n) => this.#group(group, n, n === groups.length - 1, places))}
        ${
          unranked.length === 0
            ? ''
            : html`<span class="tray">
                ${t('not ranked')} ${unranked.map((index) => this.#letter(index))}
              </span>`
        }
      </span>
    `;
  }

  #group(
    group: readonly number[],
    n: number,
    last: boolean,
    places: readonly number[],
  ): TemplateResult {
    const place = places[group[0] ?? 0] ?? 0;
    return html`
      ${group.map(
        (index, k) => html`
          ${
            k === 0
              ? ''
              : this.#relation('=', t('Tied. Click to separate (T)'), () =>
                  this.store.decisions.setPlaces(splitGroup(places, index)),
                )
          }
          ${this.#token(index, group.length > 1 ? `${ordinal(place)} =` : ordinal(place))}
        `,
      )}
      ${
        last
          ? ''
          : this.#relation('>', t('Better than. Click to tie (T)'), () =>
              this.store.decisions.setPlaces(joinGroups(places, n)),
            )
      }
    `;
  }

  #token(index: number, rank: string): TemplateResult {
    const side = this.over?.candidate === index ? this.over.side : '';
    const label = t('{0} {1}. Shift and arrow keys move it.', rank, letterOf(index));
    return html`<button
      class="tok ${side}"
      data-candidate=${index}
      tabindex="-1"
      aria-label=${label}
      @focus=${() => {
        this.store.focused = index;
      }}
    >
      ${icon('gripper')}<b>${rank}</b><span class="let">${letterOf(index)}</span>
    </button>`;
  }

  #letter(index: number): TemplateResult {
    return html`<button
      class="tok bare"
      data-candidate=${index}
      tabindex="-1"
      aria-label=${t('{0} not ranked', letterOf(index))}
      @focus=${() => {
        this.store.focused = index;
      }}
    >
      <span class="let">${letterOf(index)}</span>
    </button>`;
  }

  #relation(sign: string, title: string, act: () => void): TemplateResult {
    return html`<button class="rel" tabindex="-1" title=${title} aria-label=${title} @click=${act}>
      ${sign}
    </button>`;
  }

  protected override updated(): void {
    const bar = this.querySelector<HTMLElement>('[role=toolbar]');
    if (bar !== null) {
      keepTabStop(bar);
    }
    const tokens = new Set(this.querySelectorAll<HTMLElement>('.tok'));
    for (const [token, end] of this.#drags) {
      if (!tokens.has(token)) {
        end();
        this.#drags.delete(token);
      }
    }
    for (const token of tokens) {
      if (!this.#drags.has(token)) {
        this.#drags.set(token, this.#makeDraggable(token));
      }
    }
  }

  /** A token may come to stand for another answer. @returns what ends it */
  #makeDraggable(token: HTMLElement): () => void {
    const candidateOf = (): number => Number(token.dataset.candidate);
    const ends = [
      draggable({ element: token, getInitialData: () => ({ candidate: candidateOf() }) }),
      dropTargetForElements({
        element: token,
        getData: ({ input }) => ({
          candidate: candidateOf(),
          side: sideOf(token, input.clientX),
        }),
        onDrag: ({ self }) => {
          const candidate = candidateOf();
          const side = self.data.side as Side;
          if (this.over?.candidate !== candidate || this.over.side !== side) {
            this.over = { candidate, side };
          }
        },
        onDragLeave: () => {
          this.over = undefined;
        },
        onDrop: ({ source, self }) => {
          this.over = undefined;
          this.#drop(Number(source.data.candidate), candidateOf(), self.data.side as Side);
        },
      }),
    ];
    return () => {
      for (const end of ends) {
        end();
      }
    };
  }

  #drop(dragged: number, target: number, side: Side): void {
    const { places } = this.store.decisions.draft;
    const targetRanked = (places[target] ?? 0) > 0;
    this.store.decisions.setPlaces(
      targetRanked
        ? moveTo(places, dragged, target, side)
        : places.map((place, index) => (index === dragged ? 0 : place)),
    );
  }

  #endDrags(): void {
    for (const end of this.#drags.values()) {
      end();
    }
    this.#drags.clear();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#endDrags();
  }
}

/** Left third: before; right third: after; the middle: tied. */
function sideOf(token: HTMLElement, x: number): Side {
  const { left, width } = token.getBoundingClientRect();
  const share = (x - left) / width;
  return share < 1 / 3 ? 'before' : share > 2 / 3 ? 'after' : 'tie';
}
