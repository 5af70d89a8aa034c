// The open section of the side panel: prompt, compact cards, and what is decided about them.

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { SampleView } from '../../src/protocol/reviewProtocol';
import type { ReviewStore } from '../reviewStore';
import { editedCard } from '../shared/editedCard';
import { openMenu, type MenuItem } from '../shared/menu';
import { blindNotice } from '../shared/blindNotice';
import { noteButton } from '../shared/noteField';
import { icon, keycap, promptText } from '../shared/parts';
import { saveFailure, whatIsOdd } from '../shared/saveFailure';
import { post } from '../vscodeApi';
import { t } from '../words';
import { compactCard } from './compactCard';

export function openSample(store: ReviewStore, sample: SampleView): TemplateResult {
  const last = sample.turns.at(-1);
  return html`
    ${promptText(last?.content ?? '')}
    ${blindNotice(store, sample)}
    ${repeat(
      sample.candidates,
      (_, index) => index,
      (_, index) => compactCard({ store, sample, index }),
    )}
    ${
      store.editing.isOpen(undefined)
        ? editedCard({ store, sample, index: sample.candidates.length }, true)
        : nothing
    }
    ${whatIsOdd(store)} ${saveFailure(store.decisions)} ${note(store)} ${buttons(store, sample)}
    <vscode-button
      appearance="secondary"
      @click=${() => post({ type: 'openInEditor', key: sample.key })}
      >${icon('link-external')} ${t('Open in Review Editor')}</vscode-button
    >
  `;
}

function note(store: ReviewStore): TemplateResult | typeof nothing {
  if (store.layout.noteOpen) {
    return html`<rl-note-field rows="2"></rl-note-field>`;
  }
  return store.decisions.noteText === '' ? nothing : noteButton(store);
}

function buttons(store: ReviewStore, sample: SampleView): TemplateResult {
  const { decisions, readOnly } = store;
  return html`<div class="sbuttons">
    <vscode-button class="pri" ?disabled=${readOnly} @click=${() => decisions.saveAndNext()}
      >${decisions.isSaved ? t('Saved') : decisions.reveals ? t('Save and reveal') : t('Save')}
      ${keycap('↵')}</vscode-button
    >
    ${
      sample.blind
        ? nothing
        : html`<vscode-button
            appearance="secondary"
            ?disabled=${!decisions.rewards.some((reward) => reward !== null)}
            @click=${() => decisions.accept()}
            >${t('Accept model’s')} ${keycap('M')}</vscode-button
          >`
    }
    <button
      class="tb sq"
      ?disabled=${readOnly}
      aria-pressed=${sample.verdict.flagged ? 'true' : 'false'}
      aria-label=${t('Flag')}
      title=${t('Flag (F)')}
      @click=${() => decisions.toggleFlag()}
    >
      ${icon('report')}
    </button>
    <vscode-button
      appearance="icon"
      aria-haspopup="menu"
      aria-label=${t('All bad, skip, note, write an answer')}
      title=${t('All bad, skip, note, write an answer')}
      @click=${(event: Event) => openMenu(event, moreItems(store))}
      >${icon('ellipsis')}</vscode-button
    >
  </div>`;
}

function moreItems(store: ReviewStore): MenuItem[] {
  const { decisions } = store;
  return [
    { label: t('All bad'), icon: 'thumbsdown', run: () => decisions.toggleAllBad() },
    { label: t('Skip'), icon: 'debug-step-over', run: () => decisions.skip() },
    { label: t('Note'), icon: 'note', run: () => store.toggle('noteOpen', true) },
    ...(store.readOnly
      ? []
      : [
          {
            label: store.editing.isLeft(undefined) ? t('Unsaved answer') : t('Write an answer'),
            icon: 'add',
            run: () => store.editing.open(undefined),
          },
        ]),
    { label: t('Undo'), icon: 'discard', run: () => decisions.undo() },
    {
      label: t('Blind: hide sources and rewards until you decide'),
      checked: store.mode.blind,
      run: () => store.toggleMode('blind'),
    },
    {
      label: t('Shuffle the order of the answers'),
      checked: store.mode.shuffle,
      run: () => store.toggleMode('shuffle'),
    },
  ];
}
