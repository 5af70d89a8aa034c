// Filter, sort and go to row: native lists and fields.

import * as vscode from 'vscode';
import { encodeError, isCancelled } from '../../base/errors';
import { findFacets, type Facets } from '../../review/findRows';
import type { QueueFilter, QueueQuery, Sort } from '../../sample/queueQuery';
import type { Standing } from '../../sample/standing';
import { describeError } from '../messages';
import type { OpenDataset } from '../sessions';

const { t } = vscode.l10n;

const MARGINS = [0.25, 0.5, 1, 2];
/** More names than anybody chooses from a list. */
const MAX_NAMES = 200;

/** An item that adds to the filter. */
interface FilterItem extends vscode.QuickPickItem {
  readonly add?: (filter: QueueFilter) => QueueFilter;
  /** the filter has it */
  readonly isIn?: (filter: QueueFilter) => boolean;
}

/** What to show: choices of one kind widen, those of different kinds narrow. */
export async function chooseFilter(
  { session }: OpenDataset,
  query: QueueQuery,
): Promise<QueueQuery | undefined> {
  const pick = vscode.window.createQuickPick<FilterItem>();
  pick.title = t('Filter: show only samples that are …');
  pick.canSelectMany = true;
  pick.matchOnDescription = true;
  const looking = new AbortController();
  const show = (facets: Facets | undefined): void => {
    const before = new Map(
      pick.items.map((item) => [nameOf(item), pick.selectedItems.includes(item)]),
    );
    pick.items = [...standingItems(), ...marginItems(), ...nameItems(facets)];
    // what was there keeps its tick or lack of one, what is new has that of the present filter
    pick.selectedItems = pick.items.filter(
      (item) => before.get(nameOf(item)) ?? item.isIn?.(query.filter) === true,
    );
  };
  show(undefined);
  pick.busy = true;
  findFacets(session, looking.signal).then(
    (facets) => {
      show(facets);
      pick.busy = false;
    },
    (error: unknown) => {
      pick.busy = false;
      if (!isCancelled(error)) {
        pick.title = describeError(encodeError(error));
      }
    },
  );
  const accepted = await new Promise<readonly FilterItem[] | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.selectedItems));
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  looking.abort();
  pick.dispose();
  if (accepted === undefined) {
    return undefined;
  }
  const start: QueueFilter = { text: query.filter.text };
  const filter = accepted.reduce((all, item) => item.add?.(all) ?? all, start);
  return { ...query, filter };
}

const nameOf = (item: FilterItem): string => `${item.label}\0${item.description ?? ''}`;

function standingItems(): FilterItem[] {
  const item = (standing: Standing | 'flagged', label: string, icon: string): FilterItem => ({
    label,
    iconPath: new vscode.ThemeIcon(icon),
    add: (filter) => ({ ...filter, standings: [...(filter.standings ?? []), standing] }),
    isIn: ({ standings }) => standings?.includes(standing) === true,
  });
  return [
    item('todo', t('Unreviewed'), 'circle-large'),
    item('reviewed', t('Reviewed'), 'check'),
    item('differs', t('You and the model differ'), 'arrow-swap'),
    item('flagged', t('Flagged'), 'report'),
    item('skipped', t('Skipped'), 'debug-step-over'),
    item('stale', t('Changed since you decided'), 'history'),
    item('noReward', t('No reward'), 'warning'),
    item('broken', t('Can’t be read'), 'error'),
  ];
}

function marginItems(): FilterItem[] {
  return MARGINS.map((margin) => ({
    label: t('Margin below {0}', margin.toFixed(2)),
    iconPath: new vscode.ThemeIcon('symbol-ruler'),
    add: (filter) => ({ ...filter, marginBelow: Math.max(filter.marginBelow ?? 0, margin) }),
    isIn: ({ marginBelow }) => marginBelow === margin,
  }));
}

function nameItems(facets: Facets | undefined): FilterItem[] {
  if (facets === undefined) {
    return [];
  }
  const items = (
    title: string,
    names: ReadonlyMap<string, number>,
    kind: 'sources' | 'domains',
  ): FilterItem[] =>
    names.size === 0
      ? []
      : [
          { label: title, kind: vscode.QuickPickItemKind.Separator },
          ...[...names]
            .sort(([, a], [, b]) => b - a)
            .slice(0, MAX_NAMES)
            .map(([name, count]) => ({
              label: name,
              description: `${title} · ${count.toLocaleString(vscode.env.language)}`,
              add: (filter: QueueFilter) => ({
                ...filter,
                [kind]: [...(filter[kind] ?? []), name],
              }),
              isIn: (filter: QueueFilter) => filter[kind]?.includes(name) === true,
            })),
        ];
  return [
    ...items(t('Source'), facets.sources, 'sources'),
    ...items(t('Domain'), facets.domains, 'domains'),
  ];
}

/** In which order; the present one again turns it round. */
export async function chooseSort(query: QueueQuery): Promise<QueueQuery | undefined> {
  const item = (sort: Sort, label: string, detail: string, descending: boolean) => ({
    label,
    detail,
    sort,
    descending: sort === query.sort ? !query.descending : descending,
    ...(sort === query.sort
      ? { iconPath: new vscode.ThemeIcon(query.descending ? 'arrow-down' : 'arrow-up') }
      : {}),
  });
  const chosen = await vscode.window.showQuickPick(
    [
      item('file', t('File order'), t('as in the file'), false),
      item('margin', t('Margin'), t('small first: the model is unsure'), false),
      item(
        'disagreement',
        t('Disagreement'),
        t('most pairs first that you and the model order differently'),
        true,
      ),
      item('length', t('Length'), t('longest answer first'), true),
      item('reward', t('Reward'), t('highest first'), true),
      item('domain', t('Domain'), t('by name'), false),
      item('source', t('Source'), t('by name'), false),
      item('changed', t('Last changed'), t('your latest decision first'), true),
    ],
    { title: t('Sort. The present order again turns it round') },
  );
  return chosen && { ...query, sort: chosen.sort, descending: chosen.descending };
}

/** @returns the row that the person names by number or id; `undefined` when it is none */
export async function chooseRow({ session }: OpenDataset): Promise<number | undefined> {
  const { dataset } = session;
  const asked = await vscode.window.showInputBox({
    title: t('Go to row'),
    prompt: t(
      'A number from 1 to {0}, or an id',
      dataset.rowCount.toLocaleString(vscode.env.language),
    ),
  });
  const wanted = asked?.trim() ?? '';
  if (wanted === '') {
    return undefined;
  }
  const number = /^[0-9]+$/.test(wanted) ? Number(wanted) : 0;
  if (number >= 1 && number <= dataset.rowCount) {
    return number - 1;
  }
  await dataset.indexed;
  for await (const [row, result] of dataset.rows()) {
    if ((result.ok ? result.sample.id : result.id) === wanted) {
      return row;
    }
  }
  void vscode.window.showInformationMessage(t('No row “{0}”.', wanted));
  return undefined;
}
