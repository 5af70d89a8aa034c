// What the large cards of the editor and the compact ones of the panel have in common.

import { html, nothing, type TemplateResult } from 'lit';
import { lookAt } from '../explain/explainActions';
import { sentenceFocus } from '../explain/sentencePart';
import { post } from '../vscodeApi';
import { letterOf, ordinal, t } from '../words';
import './answerCounts';
import './answerText';
import { editWords, ownRank, scoreOf, sourceWords, tabStop, type CardData } from './cardData';
import { openMenu, type MenuItem } from './menu';
import { icon } from './parts';

/** The pill: your rank. Filled for 1st, outlined for others, dashed for none. */
export function rankPill(data: CardData): TemplateResult {
  const { store, index } = data;
  const rank = ownRank(data);
  const place = store.decisions.draft.places[index] ?? 0;
  const kind = place === 1 ? 'first' : place === 0 && !store.decisions.draft.allBad ? 'none' : '';
  return html`<button
    class="you ${kind}"
    tabindex=${tabStop(data)}
    title=${t('Your rank. Click or press 1 to 9 to change it')}
    aria-haspopup="menu"
    @click=${(event: Event) => openMenu(event, rankItems(data))}
  >
    <small>${t('You')}</small> ${rank}
  </button>`;
}

function rankItems({ store, index, sample }: CardData): MenuItem[] {
  const own = store.decisions.draft.places[index] ?? 0;
  const places = sample.candidates.map((_, n) => n + 1);
  const { allBad } = store.decisions.draft;
  const isOnly = places.length === 1;
  return [
    ...places.map((place) => ({
      label: isOnly ? t('Good') : ordinal(place),
      checked: own === place,
      run: () => store.decisions.rank(index, place),
    })),
    ...(isOnly
      ? [{ label: t('Bad'), checked: allBad, run: () => store.decisions.toggleAllBad() }]
      : []),
    { label: t('Not ranked'), checked: own === 0, run: () => store.decisions.rank(index, 0) },
  ];
}

/** Copy, score again, go to the line. */
export function moreButton(data: CardData): TemplateResult {
  const { store, sample, index } = data;
  const { key } = sample;
  const isEdited = sample.candidates[index]?.original !== undefined;
  const items: MenuItem[] = [
    {
      label: t('Copy answer'),
      icon: 'copy',
      run: () => post({ type: 'copy', text: sample.candidates[index]?.text ?? '' }),
    },
    ...(isEdited
      ? [
          {
            label: store.textView.showsOriginal(sample, index)
              ? t('Show the edit')
              : t('Show original'),
            icon: 'history',
            run: () => store.toggleOriginal(index),
          },
        ]
      : []),
    ...(sample.blind
      ? []
      : [
          {
            label: t('Score again'),
            icon: 'refresh',
            run: () => post({ type: 'scoreAgain', key }),
          },
        ]),
    ...(sample.hasText
      ? [
          {
            label: t('Go to line {0}', sample.line),
            icon: 'go-to-file',
            run: () => post({ type: 'goToLine', key }),
          },
        ]
      : []),
  ];
  return html`<vscode-button
    appearance="icon"
    tabindex=${tabStop(data)}
    class="more"
    aria-label=${t('More for answer {0}', letterOf(index))}
    title=${t('More for this answer')}
    @click=${(event: Event) => openMenu(event, items)}
    >${icon('ellipsis')}</vscode-button
  >`;
}

/** The text, rendered, with marks on what the base lacks. */
export function answerText({ store, sample, index }: CardData): TemplateResult {
  const { text = '', original = text } = sample.candidates[index] ?? {};
  if (store.textView.showsOriginal(sample, index)) {
    return html`<p class="origin">${t('Before the edit. Marked: what the edit lacks.')}</p>
      <rl-answer-text
        .text=${original}
        .raw=${store.textView.raw}
        .base=${text}
        ?readmarks=${store.textView.readMarks}
        ?reachable=${store.focused === index}
      ></rl-answer-text>`;
  }
  const base = store.textView.baseOf(sample, store.decisions.rewards);
  const sentences = sentenceFocus(store, index);
  return html`<rl-answer-text
    ?numbered=${sentences !== undefined}
    .sentences=${sentences}
    .text=${text}
    .raw=${store.textView.raw}
    @look=${({ detail }: CustomEvent<number | undefined>) =>
      lookAt(store, detail === undefined ? undefined : { index, sentence: detail })}
    .base=${base === undefined || base === index ? undefined : sample.candidates[base]?.text}
    ?readmarks=${store.textView.readMarks}
    ?reachable=${store.focused === index}
  ></rl-answer-text>`;
}

/** "112 tokens · 41 words". @param label stands in front */
export function answerCounts(data: CardData, label = ''): TemplateResult {
  const score = scoreOf(data);
  return html`<rl-answer-counts
    .text=${data.sample.candidates[data.index]?.text ?? ''}
    .tokens=${'textTokens' in score ? score.textTokens : 0}
    .label=${label}
  ></rl-answer-counts>`;
}

/** Who wrote the answer. */
export function sourceName(data: CardData): TemplateResult {
  const source = data.sample.candidates[data.index]?.source;
  return html`<span class="src ${source === undefined ? 'dim' : ''}">${sourceWords(data)}</span>`;
}

/** "edited by you", and the way back. */
export function editChip(data: CardData): TemplateResult | typeof nothing {
  const { store, sample, index } = data;
  const words = editWords(data);
  const isLeft = store.editing.isLeft(index);
  if (words === undefined && !isLeft) {
    return nothing;
  }
  const { added, original } = sample.candidates[index] ?? {};
  const isLast = index === sample.candidates.length - 1;
  // another added answer after it would lose its place
  const undo =
    original !== undefined ? t('Undo edit') : added === true && isLast ? t('Remove') : undefined;
  return html`<span class="edits"
    >${words === undefined ? nothing : html`<span class="chip">${words}</span>`}${
      undo === undefined || store.readOnly
        ? nothing
        : html`<button
            class="link"
            tabindex=${tabStop(data)}
            @click=${() => store.decisions.undoChange(index)}
          >
            ${undo}
          </button>`
    }${
      isLeft
        ? html`<button
            class="link"
            tabindex=${tabStop(data)}
            title=${t('Go on with the edit that is not saved (E)')}
            @click=${() => store.editing.open(index)}
          >
            ${t('Unsaved edit')}
          </button>`
        : nothing
    }</span
  >`;
}

/** Edits this answer in its place. */
export function editButton(data: CardData): TemplateResult | typeof nothing {
  const { store, index } = data;
  return store.readOnly
    ? nothing
    : html`<button
        class="tb sq"
        tabindex=${tabStop(data)}
        aria-label=${t('Edit answer {0}', letterOf(index))}
        title=${t('Edit this answer (E)')}
        @click=${() => store.editing.open(index)}
      >
        ${icon('edit')}
      </button>`;
}

/** Compares the others with this answer. */
export function pinButton(data: CardData): TemplateResult | typeof nothing {
  const { store, sample, index } = data;
  if (sample.candidates.length < 2) {
    return nothing;
  }
  const label = t('Pin: compare the others with this one');
  return html`<button
    class="tb sq"
    tabindex=${tabStop(data)}
    aria-pressed=${store.textView.pinnedIn(sample) === index ? 'true' : 'false'}
    aria-label=${label}
    title=${`${label} (P)`}
    @click=${() => store.togglePin(index)}
  >
    ${icon('pin')}
  </button>`;
}
