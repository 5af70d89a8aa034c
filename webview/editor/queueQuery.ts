// What the queue is filtered and sorted by, in words and chips.

import { html, nothing, type TemplateResult } from 'lit';
import type { QueueFilter, QueueQuery } from '../../src/sample/queueQuery';
import type { ReviewStore } from '../reviewStore';
import { icon } from '../shared/parts';
import { post } from '../vscodeApi';
import { marginText, t } from '../words';
import { standingWords } from './standingWords';

/** A condition of the filter, and the filter without it. */
interface Condition {
  readonly label: string;
  readonly without: QueueFilter;
}

function conditions(filter: QueueFilter): readonly Condition[] {
  const { standings, marginBelow, sources, domains } = filter;
  const rest = <T>(all: readonly T[], one: T): readonly T[] | undefined =>
    all.length === 1 ? undefined : all.filter((each) => each !== one);
  return [
    ...(standings ?? []).map((standing) => ({
      label: standing === 'flagged' ? t('Flagged') : standingWords(standing),
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

/** A chip for each condition; a press takes it away. */
export function conditionChips(store: ReviewStore): TemplateResult | typeof nothing {
  const { query } = store.queue.view;
  const all = conditions(query.filter);
  return all.length === 0
    ? nothing
    : html`<div class="chips">
        ${all.map(
          ({ label, without }) =>
            html`<button
              class="chip on"
              title=${t('Remove this filter')}
              @click=${() => show({ ...query, filter: without })}
            >
              <span>${label}</span>${icon('close')}
            </button>`,
        )}
      </div>`;
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
