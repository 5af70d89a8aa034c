// All files that the rows of a dataset come from: when one of them changes, the rows do.

import { absolutePath } from '../node/folder';
import { batchInputsBeside } from './batches/batchFiles';
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
  const kind = await datasetKind(own);
  if (kind !== 'list') {
    return [own, listBeside(own), ...(kind === 'batch' ? await batchInputsBeside(own) : [])];
  }
  const sources = new Set([own]);
  for (const file of (await readListFile(own)) ?? []) {
    sources.add(file.path);
    for (const member of await pathsOf(file)) {
      sources.add(member);
      sources.add(listBeside(member));
      for (const input of await inputsOf(member)) {
        sources.add(input);
      }
    }
  }
  return [...sources];
}

/** Of a member of a list, which may be missing. */
async function inputsOf(member: string): Promise<readonly string[]> {
  const kind = await datasetKind(member).catch(() => undefined);
  return kind === 'batch' ? batchInputsBeside(member) : [];
}
