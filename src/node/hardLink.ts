// Second names for files, given in two steps: what they replace stays until all of them are there.

import { link, mkdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorText } from '../base/errors';
import { toFileError } from './fileSource';

/** Ends the names of links that wait for their place. */
export const STAGED_ENDING = '.rewardlens-link';

/**
 * Gives a file another name beside `to`, where it waits for {@link placeLink} or {@link dropLink}.
 * @returns why the disk or its permissions do not allow that; `undefined` when it is done
 */
export async function stageLink(from: string, to: string): Promise<string | undefined> {
  try {
    await mkdir(dirname(to), { recursive: true });
    const staged = to + STAGED_ENDING;
    await rm(staged, { force: true });
    await link(await realpath(from), staged);
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

/** Gives a staged link its place; what was there loses this name. */
export async function placeLink(to: string): Promise<void> {
  const staged = to + STAGED_ENDING;
  try {
    await rename(staged, to);
    // two names of one file: renaming leaves both
    await rm(staged, { force: true });
  } catch (error) {
    throw toFileError(to, error);
  }
}

export async function dropLink(to: string): Promise<void> {
  await rm(to + STAGED_ENDING, { force: true });
}

/** Whether a file has names besides this one; false for what is not there. */
export async function hasOtherNames(file: string): Promise<boolean> {
  return stat(file).then(
    ({ nlink }) => nlink > 1,
    () => false,
  );
}
