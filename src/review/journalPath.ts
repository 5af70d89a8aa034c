// Where a dataset's verdicts are kept.

import { baseName, folderOf, joinPath } from '../node/folder';

/** Beside the dataset, or in `folder` when the user has set one. */
export function journalPath(datasetPath: string, folder?: string): string {
  return joinPath(
    folder === undefined || folder === '' ? folderOf(datasetPath) : folder,
    `${baseName(datasetPath)}.review.jsonl`,
  );
}
