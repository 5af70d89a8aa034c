// Weights that stay as they are: the model folder gets a second name for the checkpoint's own files.

import type { ProgressMeter } from '../../base/progress';
import { fileVersion } from '../../node/fileChanges';
import { baseName, joinPath } from '../../node/folder';
import { dropLink, placeLink, stageLink } from '../../node/hardLink';
import { sha256OfFile } from '../../node/hash';
import { identityOf } from '../../node/outputPath';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { expectedTensors } from '../checkpoint/expectedTensors';
import { FILE_NAME, type ModelFile } from '../manifest';
import type { PreparedWeights } from './preparedWeights';
import { locateInSources } from './weightsPlan';

interface Link {
  /** the checkpoint's file */
  readonly source: string;
  /** its name in the model folder */
  readonly name: string;
  /** false for the file itself, where a checkpoint is converted in its own folder */
  readonly isStaged: boolean;
}

/**
 * Stages a link for each file, all or none, and hashes the files.
 * @returns why they can't be linked, otherwise
 * @throws AppError `FILE_UNREADABLE` or `CANCELLED`
 */
export async function linkWeights(
  checkpoint: Checkpoint,
  outFolder: string,
  meter: ProgressMeter,
  signal: AbortSignal | undefined,
): Promise<PreparedWeights | string> {
  const links: Link[] = [];
  const staged = (): string[] =>
    links.filter(({ isStaged }) => isStaged).map(({ name }) => joinPath(outFolder, name));
  const abandon = async (): Promise<void> => {
    for (const target of staged()) {
      await dropLink(target);
    }
  };
  try {
    for (const [n, source] of checkpoint.weightFiles.entries()) {
      const link = await makeLink(source, outFolder, n);
      if (typeof link === 'string') {
        await abandon();
        return link;
      }
      links.push(link);
    }
    meter.expect(checkpoint.weightBytes);
    const files: ModelFile[] = [];
    for (const { source, name } of links) {
      // taken before the content is read: a change in between does not go unnoticed
      const { sizeBytes, modifiedMs } = await fileVersion(source);
      const onBytes = (bytes: number): void => meter.advance(bytes, `hashing ${baseName(source)}`);
      const sha256 = await sha256OfFile(source, { onBytes, signal });
      files.push({ name, sizeBytes, sha256, modifiedMs });
    }
    const names = new Map(links.map(({ source, name }) => [source, name]));
    return {
      locations: locateInSources(
        expectedTensors(checkpoint.dims),
        checkpoint.tensors,
        (source) => names.get(source.name) ?? baseName(source.name),
      ),
      files,
      sources: files.map(({ sizeBytes, sha256 }, n) => ({
        name: baseName(checkpoint.weightFiles[n] ?? ''),
        sizeBytes,
        sha256,
      })),
      commit: async () => {
        for (const target of staged()) {
          await placeLink(target);
        }
      },
      abandon,
    };
  } catch (error) {
    await abandon();
    throw error;
  }
}

/** @returns why it can't be done, otherwise */
async function makeLink(source: string, folder: string, index: number): Promise<Link | string> {
  const own = baseName(source);
  // a name that a manifest may not hold; this one no reader of checkpoints takes for weights
  const name = FILE_NAME.test(own) ? own : `weights-${index + 1}.linked`;
  const target = joinPath(folder, name);
  const why = await stageLink(source, target);
  if (why === undefined) {
    return { source, name, isStaged: true };
  }
  const isThere = (await identityOf(source)) === (await identityOf(target));
  return isThere ? { source, name, isStaged: false } : `${own}: ${why}`;
}
