// What keeps a decision from counting: it could not be saved, or it is not one on this sample.

import { html, nothing, type TemplateResult } from 'lit';
import type { Decisions } from '../decisions';
import { decisionText } from '../orderText';
import type { ReviewStore } from '../reviewStore';
import { letterOf, t } from '../words';
import { icon } from './parts';

/** Nothing can be saved, or the sample, an answer or the journal has changed since. */
export function whatIsOdd({
  readOnly,
  sample,
  arrived,
}: ReviewStore): TemplateResult | typeof nothing {
  if (readOnly) {
    return html`<p class="odd">${t('Saving is off in Restricted Mode.')}</p>`;
  }
  const decision = sample?.verdict.decision;
  const edited = sample?.verdict.editedSince ?? [];
  if (edited.length > 0) {
    const letters = edited.map(letterOf).sort().join(', ');
    return html`<p class="odd">
      ${t('Edited after you ranked: {0}. Save again to rank what it says now.', letters)}
    </p>`;
  }
  if (decision !== undefined && sample?.verdict.stale === true) {
    return html`<p class="odd">${t('Changed since; you had {0}', decisionText(decision))}</p>`;
  }
  return arrived === '' ? nothing : html`<p class="odd">${arrived}</p>`;
}

/** What could not be saved, and what to do about it. */
export function saveFailure(decisions: Decisions): TemplateResult | typeof nothing {
  const { failure } = decisions.saving;
  if (failure === undefined) {
    return nothing;
  }
  return html`<div class="msg error" role="alert">
    ${icon('error')}
    <div>
      <b>${t('Not saved.')}</b> ${failure.text}
      <span class="acts">
        <button class="link" @click=${() => decisions.retry()}>${t('Try again')}</button>
        ${
          failure.elsewhere
            ? html`<button class="link" @click=${() => decisions.saveElsewhere()}>
                ${t('Save to another folder…')}
              </button>`
            : nothing
        }
      </span>
    </div>
    <vscode-button
      appearance="icon"
      aria-label=${t('Close')}
      @click=${() => decisions.saving.closeFailure()}
      >${icon('close')}</vscode-button
    >
  </div>`;
}
