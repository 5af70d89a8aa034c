// Says that a sample is blind, or why it is not although it should be.

import { html, nothing, type TemplateResult } from 'lit';
import type { SampleView } from '../../src/protocol/reviewProtocol';
import { isJudged } from '../../src/sample/verdict';
import type { ReviewStore } from '../reviewStore';
import { post } from '../vscodeApi';
import { t } from '../words';
import { icon } from './parts';

export function blindNotice(
  { mode }: ReviewStore,
  { blind, key, shown, verdict }: SampleView,
): TemplateResult | typeof nothing {
  if (blind) {
    return html`<div class="sec">
      <div class="msg info blindnote">
        ${icon('eye-closed')}
        <div>
          <b>${t('Blind.')}</b> ${t('Sources, rewards and the model’s order appear after you save.')}
          ${
            isShuffled(shown)
              ? t('The answers are shuffled; the order is kept with your verdict.')
              : nothing
          }
          <span class="acts">
            <button class="link" @click=${() => post({ type: 'reveal', key })}>
              ${t('Reveal and record as seen')}
            </button>
          </span>
        </div>
      </div>
    </div>`;
  }
  return mode.blind && !isJudged(verdict)
    ? html`<div class="sec">
        <div class="msg info blindnote">
          ${icon('eye')}
          <div>
            <b>${t('Not blind.')}</b> ${t('Sources and rewards of this sample were shown: your verdict is recorded as seen.')}
          </div>
        </div>
      </div>`
    : nothing;
}

function isShuffled(shown: readonly number[]): boolean {
  return shown.some((index, position) => index !== position);
}
