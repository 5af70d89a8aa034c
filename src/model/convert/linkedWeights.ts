// Weights that stay as they are: the model folder gets a second name for the checkpoint's own files.

import type { ProgressMeter } from '../../base/progress';
import { baseName, joinPath } from '../../node/folder';
import { dropLink, placeLink, stageLink } from '../../node/hardLink';
import { identityOf } from '../../node/outputPath';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { expectedTensors } from '../checkpoint/expectedTensors';
import { FILE_NAME } from '../manifest';
import { hashSources } from './hashSources';
import type { PreparedWeights } from './preparedWeights';
import type { Quantiser } from './quantiser';
import { locateInSources } from './weightsPlan';

export interface LinkOptions {
  readonly outFolder: string;
  readonly quantiser: Quantiser;
  readonly meter: ProgressMeter;
  readonly signal?: AbortSignal | undefined;
}

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
  { outFolder, quantiser, meter, signal }: LinkOptions,
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
    const sources = await hashSources(checkpoint, quantiser, meter, signal);
    const names = new Map(links.map(({ source, name }) => [source, name]));
    return {
      locations: locateInSources(
        expectedTensors(checkpoint.dims),
        checkpoint.tensors,
        (source) => names.get(source.name) ?? baseName(source.name),
      ),
      files: sources.map((file, n) => ({ ...file, name: links[n]?.name ?? file.name })),
      sources,
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
