// What the large cards of the editor and the compact ones of the panel have in common.

import { html, nothing, type TemplateResult } from 'lit';
import { post } from '../vscodeApi';
import { letterOf, ordinal, t } from '../words';
import './answerCounts';
import './answerText';
import { ownRank, scoreOf, sourceWords, tabStop, type CardData } from './cardData';
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
  return [
    ...places.map((place) => ({
      label: sample.candidates.length === 1 ? t('Good') : ordinal(place),
      checked: own === place,
      run: () => store.decisions.rank(index, place),
    })),
    { label: t('Not ranked'), checked: own === 0, run: () => store.decisions.rank(index, 0) },
  ];
}

/** Copy, score again, go to the line. */
export function moreButton(data: CardData): TemplateResult {
  const { sample, index } = data;
  const { key } = sample;
  const items: MenuItem[] = [
    {
      label: t('Copy answer'),
      icon: 'copy',
      run: () => post({ type: 'copy', text: sample.candidates[index]?.text ?? '' }),
    },
    ...(sample.blind
      ? []
      : [
          {
            label: t('Score again'),
            icon: 'refresh',
            run: () => post({ type: 'scoreAgain', key }),
          },
        ]),
    {
      label: t('Go to line {0}', sample.line),
      icon: 'go-to-file',
      run: () => post({ type: 'goToLine', key }),
    },
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
  const base = store.textView.baseOf(sample, store.decisions.rewards);
  return html`<rl-answer-text
    .text=${sample.candidates[index]?.text ?? ''}
    .raw=${store.textView.raw}
    .base=${base === undefined || base === index ? undefined : sample.candidates[base]?.text}
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
