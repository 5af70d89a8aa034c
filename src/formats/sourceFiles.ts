// All files that the rows of a dataset come from: when one of them changes, the rows do.

import { absolutePath } from '../node/folder';
import { datasetKind } from './datasetKind';
import { readListFile } from './lists/listFile';
import { listBeside } from './lists/mappingBeside';
import { pathsOf } from './lists/readListed';

/**
 * The file itself first; some of the others may be missing.
 * @throws AppError as reading the file does
 */
export async function sourceFilesOf(path: string): Promise<readonly string[]> {
  const own = absolutePath(path);
  if ((await datasetKind(own)) !== 'list') {
    return [own, listBeside(own)];
  }
  const sources = new Set([own]);
  for (const file of (await readListFile(own)) ?? []) {
    sources.add(file.path);
    for (const member of await pathsOf(file)) {
      sources.add(member);
      sources.add(listBeside(member));
    }
  }
  return [...sources];
}
