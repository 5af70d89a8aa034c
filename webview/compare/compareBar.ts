// Above two answers: the way back, what they answer, and which two they are.

import { html, nothing, type TemplateResult } from 'lit';
import type { SampleView } from '../../src/protocol/reviewProtocol';
import type { Pair, Side } from '../comparison';
import { toggleMedia } from '../mediaActions';
import { shownCurve, toggleSentences } from '../explain/explainActions';
import type { ReviewStore } from '../reviewStore';
import { openMenu } from '../shared/menu';
import { icon, keycap } from '../shared/parts';
import { onToolbarKey } from '../shared/toolbar';
import { letterOf, t } from '../words';
import { closeComparison, putOn } from './compareActions';

export function compareBar(store: ReviewStore, sample: SampleView, pair: Pair): TemplateResult {
  const { raw, marks } = store.textView;
  return html`<div
    class="cmpbar"
    role="toolbar"
    aria-label=${t('Comparison')}
    @keydown=${onToolbarKey}
  >
    <button class="tb" title=${t('Back to all answers (Esc)')} @click=${() => closeComparison(store)}>
      ${icon('arrow-left')}<span>${t('All {0} answers', sample.candidates.length)}</span>
    </button>
    ${mediaButton(store, sample)}
    <div class="cmpq">
      <div class="dim">${sample.id}</div>
      <div class="q" title=${sample.turns.at(-1)?.content ?? ''}>
        ${sample.turns.at(-1)?.content ?? ''}
      </div>
    </div>
    <span class="dim opt">${t('Compare')}</span>
    ${choice(store, sample, pair, 'left')}
    <span class="dim opt">${t('with')}</span>
    ${choice(store, sample, pair, 'right')}
    <button
      class="tb lbl"
      tabindex="-1"
      aria-pressed=${marks ? 'true' : 'false'}
      aria-label=${t('Mark words that the other answer lacks')}
      title=${t('Mark words that the other answer lacks (D)')}
      @click=${() => store.showMarks(!marks)}
    >
      ${icon('whole-word')}<span>${t('Words')}</span>
    </button>
    ${sample.blind ? nothing : sentencesButton(store, pair)}
    <button
      class="tb lbl"
      tabindex="-1"
      aria-pressed=${raw ? 'true' : 'false'}
      aria-label=${t('Texts as they are written')}
      title=${t('Rendered or raw text (R)')}
      @click=${() => store.toggleRaw()}
    >
      ${icon('code')}<span>${t('Raw')}</span>
    </button>
  </div>`;
}

function sentencesButton(store: ReviewStore, { left, right }: Pair): TemplateResult {
  const isShown = [left, right].every((index) => shownCurve(store, index) !== undefined);
  return html`<button
    class="tb lbl"
    tabindex="-1"
    aria-pressed=${isShown ? 'true' : 'false'}
    aria-label=${t('Reward after each sentence')}
    title=${t('Reward after each sentence (X)')}
    @click=${() => toggleSentences(store)}
  >
    ${icon('graph-line')}<span>${t('Sentences')}</span>
  </button>`;
}

/** A small picture that brings the large one. */
function mediaButton(store: ReviewStore, { media }: SampleView): TemplateResult | typeof nothing {
  const [medium] = media;
  if (medium === undefined) {
    return nothing;
  }
  const label = medium.kind === 'video' ? t('Show the video') : t('Show the picture');
  return html`<button
    class="tb thumb"
    tabindex="-1"
    aria-pressed=${store.layout.mediaFilled ? 'true' : 'false'}
    aria-label=${label}
    title=${`${label} (V)`}
    @click=${() => toggleMedia(store)}
  >
    ${
      medium.kind === 'image' && medium.uri !== undefined
        ? html`<img src=${medium.uri} alt="" />`
        : icon(medium.kind === 'video' ? 'device-camera-video' : 'file-media')
    }
    ${keycap('V')}
  </button>`;
}

/** Which answer stands on a side. */
function choice(store: ReviewStore, sample: SampleView, pair: Pair, side: Side): TemplateResult {
  const name = (index: number): string =>
    [letterOf(index), sample.candidates[index]?.source ?? ''].join(' ').trim();
  const items = sample.candidates.map((_, index) => ({
    label: name(index),
    checked: pair[side] === index,
    run: () => putOn(store, side, index),
  }));
  const label =
    side === 'left'
      ? t('On the left: {0}', name(pair.left))
      : t('On the right: {0}', name(pair.right));
  return html`<button
    class="sel"
    tabindex="-1"
    aria-haspopup="menu"
    aria-label=${label}
    title=${label}
    @click=${(event: Event) => openMenu(event, items)}
  >
    <span>${name(pair[side])}</span>${icon('chevron-down')}
  </button>`;
}
