// Sizes and hashes of a checkpoint's weight files.

import type { ProgressMeter } from '../../base/progress';
import { fileVersion, type FileVersion } from '../../node/fileChanges';
import { baseName } from '../../node/folder';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { hashBy, type Quantiser } from './quantiser';

export interface SourceFile extends FileVersion {
  readonly name: string;
  readonly sha256: string;
}

/** @throws AppError `FILE_UNREADABLE` or `CANCELLED` */
export async function hashSources(
  { weightFiles }: Checkpoint,
  quantiser: Quantiser,
  meter: ProgressMeter,
  signal: AbortSignal | undefined,
): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  for (const path of weightFiles) {
    const name = baseName(path);
    // taken before the content is read: a change in between does not go unnoticed
    const version = await fileVersion(path);
    const onBytes = (bytes: number): void => meter.advance(bytes, `hashing ${name}`);
    files.push({ name, ...version, sha256: await hashBy(quantiser, path, { onBytes, signal }) });
  }
  return files;
}
