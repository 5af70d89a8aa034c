// The bar of the statistics page: back, which verdicts count, and what can be done with all of it.

import { html, nothing, type TemplateResult } from 'lit';
import type { DatasetStatistics } from '../../src/sample/statistics';
import { openMenu, type MenuItem } from '../shared/menu';
import { icon } from '../shared/parts';
import { onToolbarKey } from '../shared/toolbar';
import { post } from '../vscodeApi';
import { clockText, countText, t } from '../words';
import { toCsv } from './csv';
import type { Figure } from './figure';
import { personWords } from './numbers';
import type { StatisticsStore } from './statisticsStore';

export function statisticsBar(
  store: StatisticsStore,
  statistics: DatasetStatistics,
  figures: readonly Figure[],
): TemplateResult {
  const { facts } = statistics;
  const tool = (name: string, label: string, press: () => void, stop = '-1'): TemplateResult =>
    html`<button
      class="tb sq"
      tabindex=${stop}
      aria-label=${label}
      title=${label}
      @click=${press}
    >
      ${icon(name)}
    </button>`;
  return html`<header class="bar">
    <div class="bartools" role="toolbar" aria-label=${t('Statistics')} @keydown=${onToolbarKey}>
      ${tool('arrow-left', t('Back to review'), () => post({ type: 'backToReview' }), '0')}
      <h1>${t('Statistics')}</h1>
      <span class="dim fname" title=${store.name}>${store.name}</span>
      <span class="vr"></span>
      ${choice(t('Verdicts'), blindWords(statistics), blindItems(store, statistics))}
      ${choice(t('Judged by'), peopleWords(statistics), peopleItems(store, statistics))}
      ${
        statistics.domains.length === 0
          ? nothing
          : choice(t('Domain'), domainWords(statistics), domainItems(store, statistics))
      }
      <span class="sp"></span>
      <span class="dim model" title=${t('Model of the rewards')}>${store.model}</span>
      ${
        store.label === undefined
          ? nothing
          : html`<span class="chip" title=${t('These rewards come from a stand-in model and mean nothing on your data.')}
              >${store.label}</span
            >`
      }
      <span class="dim" role="status"
        >${
          store.computing
            ? t('Computing…')
            : facts.upTo === undefined
              ? t('No verdicts yet')
              : t('Verdicts up to {0}', clockText(facts.upTo))
        }</span
      >
      ${tool('refresh', t('Compute again'), () => post({ type: 'computeAgain' }))}
      <button
        class="tb lbl"
        tabindex="-1"
        title=${t('Copy all tables as CSV')}
        @click=${() => post({ type: 'copyTable', csv: allTables(figures) })}
      >
        ${icon('copy')}<span>${t('Copy CSV')}</span>
      </button>
    </div>
  </header>`;
}

function choice(name: string, value: string, items: readonly MenuItem[]): TemplateResult {
  return html`<button
    class="sel"
    tabindex="-1"
    aria-haspopup="menu"
    aria-label=${`${name}: ${value}`}
    title=${name}
    @click=${(event: Event) => openMenu(event, items)}
  >
    <span>${value}</span>${icon('chevron-down')}
  </button>`;
}

function blindWords({ selection, facts }: DatasetStatistics): string {
  return selection.blindOnly === true
    ? t('Blind verdicts')
    : t('All of {0} samples', countText(facts.samples));
}

function blindItems(store: StatisticsStore, { selection }: DatasetStatistics): readonly MenuItem[] {
  const isBlind = selection.blindOnly === true;
  return [
    {
      label: t('All verdicts'),
      checked: !isBlind,
      run: () => store.select({ blindOnly: false }),
    },
    {
      label: t('Blind verdicts only'),
      checked: isBlind,
      run: () => store.select({ blindOnly: true }),
    },
  ];
}

function peopleWords({ selection, people, person }: DatasetStatistics): string {
  const [only] = selection.people ?? people;
  return (selection.people ?? people).length === 1 && only !== undefined
    ? capitalised(personWords(only, person))
    : t('Everybody');
}

function peopleItems(
  store: StatisticsStore,
  { selection, people, person }: DatasetStatistics,
): readonly MenuItem[] {
  const one = (name: string): MenuItem => ({
    label: capitalised(personWords(name, person)),
    checked: selection.people?.includes(name) === true,
    run: () => store.select({ people: [name] }),
  });
  const all: MenuItem = {
    label: t('Everybody'),
    checked: selection.people === undefined,
    run: () => store.select({ people: undefined }),
  };
  return [all, ...people.map(one)];
}

function domainWords({ selection }: DatasetStatistics): string {
  return selection.domains?.join(', ') ?? t('All domains');
}

function domainItems(
  store: StatisticsStore,
  { selection, domains }: DatasetStatistics,
): readonly MenuItem[] {
  return [
    {
      label: t('All domains'),
      checked: selection.domains === undefined,
      run: () => store.select({ domains: undefined }),
    },
    ...domains.map((domain) => ({
      label: domain,
      checked: selection.domains?.includes(domain) === true,
      run: () => store.select({ domains: [domain] }),
    })),
  ];
}

function capitalised(words: string): string {
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** One after the other, each under its title. */
function allTables(figures: readonly Figure[]): string {
  return figures
    .filter(({ table }) => table.rows.length > 0)
    .map(({ title, table }) => `${title}\r\n${toCsv(table)}`)
    .join('\r\n');
}
