// What is wrong with the journals of the datasets that are shown: lines above the cards.

import path from 'node:path';
import * as vscode from 'vscode';
import type { NoticeView } from '../protocol/reviewProtocol';
import type { JournalFault } from '../review/journalFile';
import type { OpenDataset } from './sessions';

const { t } = vscode.l10n;

const PREFIX = 'journal:';
const MAX_NAMED = 5;

export function journalNotices(datasets: readonly OpenDataset[]): readonly NoticeView[] {
  return datasets.flatMap(({ session: { journalPath, journalFaults } }) => {
    const name = path.basename(journalPath);
    return journalFaults.length === 0
      ? []
      : [
          noticeOf(journalPath, {
            what: `faults ${journalFaults.length}`,
            title: t('Not all of the verdict journal can be read.'),
            text: t(
              '{0}: {1}. What is there stays there and counts for nothing.',
              name,
              named(journalFaults),
            ),
          }),
        ];
  });
}

/** @param what names the fault and how much there is of it: closed, it comes back with more */
function noticeOf(
  journal: string,
  { what, title, text }: { readonly what: string; readonly title: string; readonly text: string },
): NoticeView {
  return {
    id: `${PREFIX}${what}:${journal}`,
    kind: 'warning',
    title,
    text,
    actions: [{ id: 'openJournal', title: t('Open the journal') }],
    closable: true,
  };
}

/** The journal that a notice is about. @param datasets those that are shown: a page names no others */
export function journalOf(id: string, datasets: readonly OpenDataset[]): string | undefined {
  return datasets
    .map(({ session }) => session.journalPath)
    .find((journal) => id.startsWith(PREFIX) && id.endsWith(`:${journal}`));
}

function named(faults: readonly JournalFault[]): string {
  const lines = faults
    .slice(0, MAX_NAMED)
    .map(({ line, torn }) =>
      torn ? t('line {0} is cut off', line) : t('line {0} is no entry', line),
    );
  const more = faults.length - lines.length;
  return [...lines, ...(more > 0 ? [t('{0} more', more)] : [])].join(', ');
}
