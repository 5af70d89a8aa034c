// Above the cards: how many there are, what is marked in them, and how their text is shown.

import { html, nothing, type TemplateResult } from 'lit';
import type { SampleView } from '../../src/protocol/reviewProtocol';
import { compare } from '../compare/compareActions';
import type { ReviewStore } from '../reviewStore';
import { openMenu, type MenuItem } from '../shared/menu';
import { icon } from '../shared/parts';
import { onToolbarKey } from '../shared/toolbar';
import { letterOf, t } from '../words';

export function answersToolbar(
  store: ReviewStore,
  sample: SampleView,
  title: string,
): TemplateResult {
  const { raw } = store.textView;
  return html`<div class="ctools" role="toolbar" aria-label=${t('Answers')} @keydown=${onToolbarKey}>
    <b>${title}</b>
    ${
      sample.candidates.length < 2
        ? nothing
        : html`<button
            class="sel"
            aria-haspopup="menu"
            title=${t('What is marked (P pins an answer, D turns marks on and off)')}
            @click=${(event: Event) => openMenu(event, baseItems(store, sample))}
          >
            <span>${baseWords(store, sample)}</span>${icon('chevron-down')}
          </button>`
    }
    <span class="sp"></span>
    ${store.readOnly ? nothing : writeButton(store)}
    <button
      class="tb lbl"
      tabindex=${sample.candidates.length < 2 ? '0' : '-1'}
      aria-pressed=${raw ? 'true' : 'false'}
      aria-label=${t('Texts as they are written')}
      title=${t('Rendered or raw text (R)')}
      @click=${() => store.toggleRaw()}
    >
      ${icon(raw ? 'code' : 'open-preview')}<span>${raw ? t('Raw') : t('Rendered')}</span>
    </button>
    ${
      sample.candidates.length < 2
        ? nothing
        : html`<button
            class="tb lbl"
            data-action="compare"
            tabindex="-1"
            aria-label=${t('Compare two')}
            title=${t('The answer with focus beside the best or pinned one (C)')}
            @click=${() => compare(store, { card: store.focused, button: 'toolbar' })}
          >
            ${icon('split-horizontal')}<span>${t('Compare two')}</span>
          </button>`
    }
  </div>`;
}

function writeButton({ editing }: ReviewStore): TemplateResult {
  const isLeft = editing.isLeft(undefined);
  const name = isLeft ? t('Unsaved answer') : t('Write an answer');
  return html`<button
    class="tb lbl"
    tabindex="-1"
    aria-label=${name}
    title=${t('Write an answer (A)')}
    @click=${() => editing.open(undefined)}
  >
    ${icon(isLeft ? 'edit' : 'add')}<span>${name}</span>
  </button>`;
}

/** "Marked words: not in A (best)" */
function baseWords(store: ReviewStore, sample: SampleView): TemplateResult {
  const base = store.textView.baseOf(sample, store.decisions.rewards);
  if (base === undefined) {
    return html`${t('No marks')}`;
  }
  const letter = letterOf(base);
  const isPinned = store.textView.pinnedIn(sample) !== undefined;
  return html`<ins class="d">${t('Marked')}</ins> ${
    isPinned ? t('words: not in {0} (pinned)', letter) : t('words: not in {0} (best)', letter)
  }`;
}

function baseItems(store: ReviewStore, sample: SampleView): MenuItem[] {
  const { marks } = store.textView;
  const pinned = store.textView.pinnedIn(sample);
  return [
    ...(sample.blind
      ? []
      : [
          {
            label: t('Words that the best answer lacks'),
            checked: marks && pinned === undefined,
            run: () => {
              store.textView.pin(sample, undefined);
              store.showMarks(true);
            },
          },
        ]),
    ...sample.candidates.map((_, index) => ({
      label: t('Words that {0} lacks', letterOf(index)),
      checked: marks && pinned === index,
      run: () => {
        if (pinned !== index) {
          store.togglePin(index);
        }
      },
    })),
    {
      label: t('No marks'),
      checked: store.textView.baseOf(sample, store.decisions.rewards) === undefined,
      run: () => store.showMarks(false),
    },
  ];
}
