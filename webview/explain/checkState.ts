// A check that is on its way, asks about its cost, or went wrong: one line with what can be done.

import { html, nothing, type TemplateResult } from 'lit';
import type { Check } from '../../src/sample/explanation';
import type { Asked } from '../explanations';
import type { ReviewStore } from '../reviewStore';
import { icon } from '../shared/parts';
import { countText, t } from '../words';

/** What a check is called. @param hasVideo its sample shows a video */
export function checkName(check: Check, hasVideo: boolean): string {
  switch (check) {
    case 'sentences':
      return t('After each sentence');
    case 'grounding':
      return hasVideo ? t('Without the video') : t('Without the picture');
    case 'style':
      return t('Without style and length');
    case 'occlusion':
      return t('Which region');
  }
}

/** @returns `nothing` for a check that was not asked for, or has a result */
export function pendingLine(store: ReviewStore, asked: Asked): TemplateResult | typeof nothing {
  const { explanations } = store;
  const view = explanations.of(asked);
  const name = checkName(
    asked.check,
    asked.sample.media.some(({ kind }) => kind === 'video'),
  );
  const ask = (confirmed: boolean): void => {
    explanations.ask(asked, confirmed);
    store.changed();
  };
  const cancel = (): void => {
    explanations.cancel(asked);
    store.changed();
  };
  const button = (label: string, act: () => void): TemplateResult =>
    html`<button class="link" @click=${act}>${label}</button>`;
  switch (view.state) {
    case 'none':
    case 'found':
      return nothing;
    case 'running': {
      const { done, total } = view;
      const share = total === 0 ? '' : t('{0} of {1}', countText(done), countText(total));
      return line(
        html`${name}… <span class="num">${share}</span>`,
        button(t('Cancel'), cancel),
        html`<progress
          aria-label=${t('{0}: rewards computed', name)}
          max=${Math.max(1, total)}
          .value=${done}
        ></progress>`,
      );
    }
    case 'cost':
      return line(
        html`${name}: ${costWords(view)}`,
        html`${button(t('Start'), () => ask(true))} ${button(t('Leave it'), cancel)}`,
      );
    case 'nothing':
      return line(html`${name}: ${nothingWords(asked.check)}`, button(t('Close'), cancel));
    case 'error':
      return line(
        html`${icon('warning')} ${name}: ${view.text}`,
        button(t('Try again'), () => ask(false)),
      );
  }
}

function line(
  words: TemplateResult,
  actions: TemplateResult,
  below: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<div class="checkline"><span class="what">${words}</span> ${actions}</div>
    ${below}`;
}

function costWords({ seconds, rewards }: { seconds: number; rewards: number }): string {
  const time =
    seconds < 90
      ? t('about {0} s', Math.round(seconds))
      : t('about {0} min', Math.round(seconds / 60));
  return t('{0} rewards, {1}.', countText(rewards), time);
}

function nothingWords(check: Check): string {
  return check === 'style'
    ? t('there is no markdown in it, and no answer is shorter.')
    : t('it says nothing about this answer.');
}
