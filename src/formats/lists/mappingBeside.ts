// The columns of a data file, where a dataset_info.json beside it names them.

import { absolutePath, fileSizeBytes, folderOf, joinPath } from '../../node/folder';
import type { RowMapping } from './columnMapping';
import { readListFile } from './listFile';

const LIST_NAME = 'dataset_info.json';

/** The list that would tell; it may be missing. */
export function listBeside(path: string): string {
  return joinPath(absolutePath(folderOf(path)), LIST_NAME);
}

/** @returns that of the first entry that names the file and its columns */
export async function mappingBeside(path: string): Promise<RowMapping | undefined> {
  const list = listBeside(path);
  if ((await fileSizeBytes(list)) === undefined) {
    return undefined;
  }
  // a list that can't be read names nothing; opened itself, it says why
  const files = await readListFile(list).catch(() => undefined);
  const own = absolutePath(path);
  return files?.find((file) => file.path === own && file.mapping !== undefined)?.mapping;
}
