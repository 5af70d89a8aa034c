// What the side panel shows of a file and of the samples that use it.

import path from 'node:path';
import * as vscode from 'vscode';
import { fileVersion } from '../../node/fileChanges';
import type { FollowedView, SectionView } from '../../protocol/reviewProtocol';
import { promptText } from '../../sample/sample';
import { VIDEO_NAME } from '../ids';
import { MAX_FILES, type MediaUse, type MediaUses } from '../mediaIndex';
import type { OpenDataset } from '../sessions';
import { keyOf, sampleAt, versionUri } from './sampleViews';

/** @param toUri makes the address of a file for `src` */
const { t } = vscode.l10n;

export async function followedView(
  file: string,
  found: MediaUses,
  toUri: (file: string) => string,
): Promise<FollowedView> {
  // one that is gone is shown as such by the page
  const { uses } = found;
  const version = await fileVersion(file).catch(() => undefined);
  return {
    name: path.basename(file),
    folder: vscode.workspace.asRelativePath(path.dirname(file)),
    kind: VIDEO_NAME.test(file) ? 'video' : 'image',
    uri: version === undefined ? toUri(file) : versionUri(toUri(file), version),
    ...(version === undefined ? {} : { sizeBytes: version.sizeBytes }),
    samples: uses.length,
    files: new Set(uses.map((use) => use.dataset)).size,
    remarks: remarksOn(found),
  };
}

/** Why there may be samples that are not shown. */
function remarksOn({ unread, isCut }: MediaUses): readonly string[] {
  const names = unread.map((file) => path.basename(file)).join(', ');
  return [
    ...(isCut ? [t('Only the first {0} candidate files are searched.', MAX_FILES)] : []),
    ...(unread.length > 0 ? [t('Not read: {0}. “Show Log” says why.', names)] : []),
  ];
}

/** @param datasetOf the dataset of a path, if it is open */
export async function sectionViews(
  uses: readonly MediaUse[],
  datasetOf: (file: string) => OpenDataset | undefined,
): Promise<readonly SectionView[]> {
  const sections: SectionView[] = [];
  for (const { dataset: file, line } of uses) {
    const dataset = datasetOf(file);
    const shown = dataset && (await sampleAt(dataset, line));
    if (dataset !== undefined && shown !== undefined) {
      const { decision, stale } = await dataset.session.verdict(shown.row);
      const decided = decision !== undefined && !stale;
      const { id } = shown.sample;
      const text = promptText(shown.sample);
      sections.push({
        key: keyOf(shown),
        id,
        file: path.basename(file),
        line,
        text,
        decided,
        stale,
      });
    }
  }
  return sections;
}

/** Folders whose pictures may be shown: the workspace, and where a picture outside of it lies. */
export function panelRoots(file: string | undefined): readonly vscode.Uri[] {
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri);
  const isInside =
    file === undefined || vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file)) !== undefined;
  return isInside ? folders : [...folders, vscode.Uri.file(path.dirname(file))];
}
