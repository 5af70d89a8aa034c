// What the queue is filtered and sorted by, in words and chips.

import { html, nothing, type TemplateResult } from 'lit';
import type { Condition } from '../../src/sample/standing';
import type { QueueFilter, QueueQuery } from '../../src/sample/queueQuery';
import type { ReviewStore } from '../reviewStore';
import { icon } from '../shared/parts';
import { onToolbarKey } from '../shared/toolbar';
import { post } from '../vscodeApi';
import { countText, marginText, t } from '../words';
import { standingWords } from './standingWords';

/** Offered even when they leave nothing, so that the list below stays where it is. */
const ALWAYS_OFFERED: readonly Condition[] = ['todo', 'flagged', 'differs'];
const OFFERED: readonly Condition[] = [...ALWAYS_OFFERED, 'skipped', 'stale', 'noReward', 'broken'];

/** A condition of the filter, and the filter without it. */
interface ActiveCondition {
  readonly label: string;
  readonly without: QueueFilter;
}

function conditions(filter: QueueFilter): readonly ActiveCondition[] {
  const { standings, marginBelow, sources, domains } = filter;
  const rest = <T>(all: readonly T[], one: T): readonly T[] | undefined =>
    all.length === 1 ? undefined : all.filter((each) => each !== one);
  return [
    ...(standings ?? []).map((standing) => ({
      label: conditionWords(standing),
      without: { ...filter, standings: rest(standings ?? [], standing) },
    })),
    ...(marginBelow === undefined
      ? []
      : [
          {
            label: t('Margin < {0}', marginText(marginBelow).slice(1)),
            without: { ...filter, marginBelow: undefined },
          },
        ]),
    ...(sources ?? []).map((source) => ({
      label: t('From {0}', source),
      without: { ...filter, sources: rest(sources ?? [], source) },
    })),
    ...(domains ?? []).map((domain) => ({
      label: domain,
      without: { ...filter, domains: rest(domains ?? [], domain) },
    })),
  ];
}

/** How many conditions hold, the text in the search field included. */
export function conditionCount({ filter }: QueueQuery): number {
  return conditions(filter).length + (filter.text === undefined ? 0 : 1);
}

function conditionWords(condition: Condition): string {
  return condition === 'flagged' ? t('Flagged') : standingWords(condition);
}

/** A chip for each condition, which a press takes away, and for each that could be added. */
export function conditionChips(store: ReviewStore): TemplateResult {
  const { query } = store.queue.view;
  return html`<div
    class="chips"
    role="toolbar"
    aria-label=${t('Filters')}
    @keydown=${onToolbarKey}
  >
    ${conditions(query.filter).map(
      ({ label, without }) =>
        html`<button
          class="chip on"
          tabindex="-1"
          aria-pressed="true"
          title=${t('Remove this filter')}
          @click=${() => show({ ...query, filter: without })}
        >
          <span>${label}</span>${icon('close')}
        </button>`,
    )}
    ${OFFERED.map((condition) => offeredChip(store, condition))}
    <button
      class="chip"
      tabindex="-1"
      aria-label=${t('More filters')}
      title=${t('More filters')}
      @click=${() => post({ type: 'command', command: 'filter' })}
    >
      ${icon('add')}
    </button>
  </div>`;
}

/** @returns nothing for a condition that is active, or a rare one that no row meets */
function offeredChip(store: ReviewStore, condition: Condition): TemplateResult | typeof nothing {
  const { view, conditionCounts } = store.queue;
  const { query } = view;
  const { standings = [] } = query.filter;
  const count = conditionCounts[condition] ?? 0;
  const adds = standings.length === 0 ? count > 0 : count > store.queue.count;
  if (standings.includes(condition) || !(adds || ALWAYS_OFFERED.includes(condition))) {
    return nothing;
  }
  const filter = { ...query.filter, standings: [...standings, condition] };
  const isKnown = view.share === 1;
  return html`<button
    class="chip"
    tabindex="-1"
    aria-pressed="false"
    ?disabled=${isKnown && !adds}
    title=${standings.length === 0 ? t('Show only these') : t('Show these, too')}
    @click=${() => show({ ...query, filter })}
  >
    <span>${conditionWords(condition)}</span>
    ${isKnown ? html`<span class="dim num">${countText(count)}</span>` : nothing}
  </button>`;
}

/** Asks the host for other rows. */
export function show(query: QueueQuery): void {
  post({ type: 'queue', query: toMutable(query) });
}

/** The same without conditions. */
export function clearFilter(query: QueueQuery): void {
  show({ ...query, filter: {} });
}

function toMutable({ filter, sort, descending }: QueueQuery) {
  const { text, marginBelow } = filter;
  const copy = <T>(names: readonly T[] | undefined): T[] | undefined => names && [...names];
  return {
    sort,
    descending,
    filter: {
      text,
      marginBelow,
      standings: copy(filter.standings),
      sources: copy(filter.sources),
      domains: copy(filter.domains),
    },
  };
}

/** "Margin, small first" */
export function sortWords({ sort, descending }: QueueQuery): string {
  switch (sort) {
    case 'file':
      return descending ? t('File order, last first') : t('File order');
    case 'margin':
      return descending ? t('Margin, large first') : t('Margin, small first');
    case 'disagreement':
      return descending ? t('Disagreement, most first') : t('Disagreement, least first');
    case 'length':
      return descending ? t('Length, longest first') : t('Length, shortest first');
    case 'reward':
      return descending ? t('Reward, highest first') : t('Reward, lowest first');
    case 'domain':
      return descending ? t('Domain, Z to A') : t('Domain, A to Z');
    case 'source':
      return descending ? t('Source, Z to A') : t('Source, A to Z');
    case 'changed':
      return descending ? t('Last changed first') : t('Last changed last');
  }
}
