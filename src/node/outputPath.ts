// Where output goes: never onto a file that is read, and through links to what they name.

import { readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../base/errors';

/** Links followed before a chain of them counts as a circle, as Linux does. */
const MAX_LINKS = 40;

/** How a path can be written. */
export interface OutputTarget {
  /** the path, or the file that a symbolic link names */
  readonly path: string;
  /** a device or a pipe: there is nothing to replace, it is written into as it is */
  readonly isStream: boolean;
}

/**
 * Finds out what writing to `file` would write to; it need not exist yet.
 * @throws AppError `OUTPUT_FAILED` for a folder
 */
export async function outputTarget(file: string): Promise<OutputTarget> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) {
    return { path: await followLinks(path.resolve(file)), isStream: false };
  }
  if (found.isDirectory()) {
    throw new AppError('OUTPUT_FAILED', `${file}: is a folder, not a file`, { file });
  }
  return found.isFile()
    ? { path: await realpath(file), isStream: false }
    : { path: file, isStream: true };
}

/**
 * Makes sure that writing the outputs replaces none of the inputs and none of each other.
 * @throws AppError `USAGE` naming the first that would
 */
export async function requireOwnOutputs(
  outputs: readonly string[],
  inputs: readonly string[],
): Promise<void> {
  const taken = new Map<string, string>();
  for (const input of inputs) {
    taken.set(await identityOf(input), input);
  }
  for (const output of outputs) {
    if ((await outputTarget(output)).isStream) {
      continue;
    }
    const identity = await identityOf(output);
    const other = taken.get(identity);
    if (other !== undefined) {
      throw new AppError('USAGE', `${output} would replace ${other}: choose another output file`, {
        file: output,
      });
    }
    taken.set(identity, output);
  }
}

/** @returns the same for two paths of one file, whatever their spelling */
export async function identityOf(file: string): Promise<string> {
  const target = await followLinks(path.resolve(file));
  const found = await stat(target, { bigint: true }).catch(() => undefined);
  if (found !== undefined) {
    return `${found.dev}:${found.ino}`;
  }
  const folder = path.dirname(target);
  const realFolder = await realpath(folder).catch(() => folder);
  return path.join(realFolder, path.basename(target));
}

/** What a link names, also when that does not exist. */
async function followLinks(file: string): Promise<string> {
  let followed = file;
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const link = await readlink(followed).catch(() => undefined);
    if (link === undefined) {
      return followed;
    }
    followed = path.resolve(path.dirname(followed), link);
  }
  return file;
}
