// Below the text of an answer: the strip of its sentences, or how far that is.

import { html, nothing, type TemplateResult } from 'lit';
import type { Asked } from '../explanations';
import type { ReviewStore } from '../reviewStore';
import type { CardData } from '../shared/cardData';
import type { SentenceFocus } from '../text/sentenceOutline';
import { marginText } from '../words';
import { pendingLine } from './checkState';
import { shownCurve } from './explainActions';
import './sentenceStrip';
import { commonScale } from './stripLayout';

/** @param others answers whose strips have the same scale */
export function sentencePart(
  { store, sample, index }: CardData,
  others: readonly number[] = [],
): TemplateResult | typeof nothing {
  const asked: Asked = { sample, index, check: 'sentences' };
  const { explanations } = store;
  if (!explanations.isOpen(asked) || !explanations.canAsk(asked)) {
    return nothing;
  }
  const curve = shownCurve(store, index);
  if (curve === undefined) {
    const pending = pendingLine(store, asked);
    return pending === nothing ? nothing : html`<div class="sentences">${pending}</div>`;
  }
  const curves = [index, ...others].flatMap((each) => shownCurve(store, each) ?? []);
  return html`<div class="sentences">
    <rl-sentence-strip
      .index=${index}
      .curve=${curve}
      .scale=${commonScale(curves)}
    ></rl-sentence-strip>
  </div>`;
}

/** What is to be seen in the text itself; `undefined` while no strip is shown. */
export function sentenceFocus(store: ReviewStore, index: number): SentenceFocus | undefined {
  const curve = shownCurve(store, index);
  if (curve === undefined) {
    return undefined;
  }
  const { looked } = store.explanations;
  const { drop, steps } = curve;
  return {
    count: steps.length,
    looked:
      looked?.key === store.sample?.key && looked?.index === index ? looked.sentence : undefined,
    drop:
      drop?.isMarked === true
        ? { sentence: drop.sentence, words: marginText(drop.change) }
        : undefined,
  };
}
