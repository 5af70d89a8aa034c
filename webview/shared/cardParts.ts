// What the large cards of the editor and the compact ones of the panel have in common.

import { html, nothing, type TemplateResult } from 'lit';
import type { CandidateScore, SampleView } from '../../src/protocol/reviewProtocol';
import { DEMO_LABEL } from '../../src/sample/standIn';
import type { ReviewStore } from '../reviewStore';
import { post } from '../vscodeApi';
import { letterOf, marginText, ordinal, rewardText, t } from '../words';
import './answerCounts';
import './answerText';
import './menu';
import type { Menu, MenuItem } from './menu';
import { icon } from './parts';

/** A candidate of the sample that is shown. */
export interface CardData {
  readonly store: ReviewStore;
  readonly sample: SampleView;
  readonly index: number;
}

/** Controls of the card with focus can be reached by Tab; the others are one stop away. */
function tabStop({ store, index }: CardData): '0' | '-1' {
  return store.focused === index ? '0' : '-1';
}

export function scoreOf({ sample, index }: CardData): CandidateScore {
  return sample.score.candidates[index] ?? { state: 'none' };
}

/** The person's rank in words: "1st", "2nd =", "–"; "Good" and "Bad" when there is one answer. */
export function ownRank({ store, index }: CardData): string {
  const { places, allBad } = store.decisions.draft;
  if (allBad) {
    return t('Bad');
  }
  const place = places[index] ?? 0;
  if (place === 0) {
    return '–';
  }
  if (places.length === 1) {
    return t('Good');
  }
  return places.filter((other) => other === place).length > 1
    ? `${ordinal(place)} =`
    : ordinal(place);
}

/** The model's rank in words, or `undefined` without a reward. */
export function modelRank({ store, index }: CardData): string | undefined {
  const places = store.decisions.modelPlaces;
  const place = places[index] ?? 0;
  if (place === 0) {
    return undefined;
  }
  const tied = places.filter((other) => other === place).length > 1;
  return t('Model {0}', tied ? `${ordinal(place)} =` : ordinal(place));
}

interface Margins {
  /** own reward minus the best one */
  readonly toBest: number;
  /** for the best: to the second */
  readonly toSecond: number | undefined;
}

export function margins({ store, index }: CardData): Margins | undefined {
  const own = store.decisions.rewards[index] ?? null;
  const [best, second] = store.decisions.rewards.filter((r) => r !== null).sort((a, b) => b - a);
  return own === null || best === undefined
    ? undefined
    : { toBest: own - best, toSecond: second === undefined ? undefined : best - second };
}

/** "best · +1.44 to 2nd", "−1.44 to best" */
export function marginWords(data: CardData): string {
  const found = margins(data);
  if (found === undefined) {
    return '';
  }
  if (found.toBest < 0) {
    return t('{0} to best', marginText(found.toBest));
  }
  return found.toSecond === undefined
    ? ''
    : t('best · {0} to {1}', marginText(found.toSecond), ordinal(2));
}

/** What a screen reader says of a card. */
export function cardLabel(data: CardData): string {
  const { sample, index, store } = data;
  const source = sample.candidates[index]?.source;
  const score = scoreOf(data);
  const rank = modelRank(data);
  const found = margins(data);
  const name =
    source === undefined
      ? t('Answer {0}.', letterOf(index))
      : t('Answer {0}, {1}.', letterOf(index), source);
  const reward =
    score.state !== 'scored'
      ? t('No reward yet.')
      : found === undefined || found.toBest === 0
        ? t('Reward {0}, {1}.', rewardText(score.reward), rank ?? '')
        : t(
            'Reward {0}, {1}, {2} below the best.',
            rewardText(score.reward),
            rank ?? '',
            rewardText(-found.toBest),
          );
  const own =
    (store.decisions.draft.places[index] ?? 0) > 0 || store.decisions.draft.allBad
      ? t('You: {0}.', ownRank(data))
      : t('Not ranked by you.');
  return [name, score.state === 'error' ? t('No reward: {0}', score.text) : reward, own].join(' ');
}

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
    { label: t('Score again'), icon: 'refresh', run: () => post({ type: 'scoreAgain', key }) },
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

export function openMenu(event: Event, items: readonly MenuItem[]): void {
  const menu = document.querySelector<Menu>('rl-menu');
  void menu?.open(event.currentTarget as HTMLElement, items);
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
    .tokens=${score.state === 'scored' ? score.textTokens : 0}
    .label=${label}
  ></rl-answer-counts>`;
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

/** The chip that marks every reward of a stand-in. */
export function standInChip(store: ReviewStore): TemplateResult | typeof nothing {
  const { label } = store.engine;
  return label === undefined
    ? nothing
    : html`<span
        class="chip"
        title=${
          label === DEMO_LABEL
            ? t('Demo model: judges synthetic shapes only.')
            : t('This reward comes from a stand-in model and means nothing.')
        }
        >${label}</span
      >`;
}

/** Where the reward stands: the number, or what keeps it. */
export function rewardValue(data: CardData): TemplateResult {
  const score = scoreOf(data);
  switch (score.state) {
    case 'scored':
      return html`<span class="val" title=${t('Only differences within one sample mean something.')}
          >${rewardText(score.reward)}</span
        >${standInChip(data.store)}<span class="mr">${modelRank(data) ?? ''}</span>`;
    case 'waiting':
      return html`<span class="wait">${t('Waiting, {0} before it', score.before)}</span>`;
    case 'scoring':
      return html`<span class="wait"
        >${
          score.attempt > 1 ? t('Scoring again… try {0} of 3', score.attempt) : t('Scoring…')
        }</span
      >`;
    case 'error':
      return html`<span class="wait">${icon('warning')} ${t('No reward')}</span>`;
    case 'none':
      return html`<span class="wait">${t('Not scored')}</span>`;
  }
}

/** Beside the reward: margin, or the way to stop. */
export function rewardAside(data: CardData): TemplateResult {
  const { sample } = data;
  const score = scoreOf(data);
  switch (score.state) {
    case 'scored':
      return html`${marginWords(data)}`;
    case 'waiting':
    case 'scoring':
      return html`<button
        class="link"
        tabindex=${tabStop(data)}
        @click=${() => post({ type: 'cancelScoring', key: sample.key })}
      >
        ${t('Cancel')}
      </button>`;
    case 'error':
      return html`${t('not in the model’s order')}`;
    case 'none':
      return html`<button
        class="link"
        tabindex=${tabStop(data)}
        @click=${() => post({ type: 'scoreAgain', key: sample.key })}
      >
        ${t('Score')}
      </button>`;
  }
}

/** What went wrong, in the card. The text stays readable and can be ranked. */
export function scoreFault(data: CardData): TemplateResult | typeof nothing {
  const score = scoreOf(data);
  return score.state !== 'error'
    ? nothing
    : html`<div class="msg error">
        ${icon('error')}
        <div>
          ${score.text}
          <span class="acts">
            <button
              class="link"
              tabindex=${tabStop(data)}
              @click=${() => post({ type: 'goToLine', key: data.sample.key })}
            >
              ${t('Go to line {0}', data.sample.line)}
            </button>
            <button
              class="link"
              tabindex=${tabStop(data)}
              @click=${() => post({ type: 'scoreAgain', key: data.sample.key })}
            >
              ${t('Score again')}
            </button>
          </span>
        </div>
      </div>`;
}
