// What earlier models and attempts left in a model folder that the new model does not need.

import { removeFile } from '../../node/fileChanges';
import { joinPath, listFolder } from '../../node/folder';
import { hasOtherNames, STAGED_ENDING } from '../../node/hardLink';
import { GRAPH_NAMES, WEIGHTS_NAME, type Manifest, type ModelFile } from '../manifest';
import { removeAttempt } from './finishedTensors';

/** Names that only conversions give. */
const OURS: readonly string[] = [WEIGHTS_NAME, ...Object.values(GRAPH_NAMES)];

/**
 * Removes files that the model before had and this one has not, and what is left of attempts. A
 * checkpoint's own files are never touched.
 * @param before the folder's manifest until now
 * @throws AppError `FILE_UNREADABLE` for what can't be removed
 */
export async function removeLeftovers(
  folder: string,
  before: Manifest | undefined,
  now: Manifest,
): Promise<void> {
  const names = await listFolder(folder);
  const needed = new Set(now.files.map(({ name }) => name));
  if (!needed.has(WEIGHTS_NAME)) {
    await removeAttempt(folder, WEIGHTS_NAME);
  }
  const isCheckpoint = names.includes('config.json');
  for (const file of before?.files ?? []) {
    if (!needed.has(file.name) && (await isRemovable(folder, file, isCheckpoint))) {
      await removeFile(joinPath(folder, file.name));
    }
  }
  for (const name of names.filter((one) => one.endsWith(STAGED_ENDING))) {
    await removeFile(joinPath(folder, name));
  }
}

async function isRemovable(
  folder: string,
  { name, modifiedMs }: ModelFile,
  isCheckpoint: boolean,
): Promise<boolean> {
  if (modifiedMs === undefined) {
    return OURS.includes(name);
  }
  // of a checkpoint: this name may go where it is not the last one
  return !isCheckpoint && (await hasOtherNames(joinPath(folder, name)));
}
