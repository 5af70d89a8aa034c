// Which tensors of an unfinished weights file are whole: a record beside it, and the proof.

import { throwIfAborted } from '../../base/abort';
import { PartialFile } from '../../node/atomicFile';
import { removeFile, truncateFile } from '../../node/fileChanges';
import { openFileSource } from '../../node/fileSource';
import { fileSizeBytes, joinPath } from '../../node/folder';
import { RunningHash } from '../../node/hash';
import { LineFile } from '../../node/lineFile';
import { readSmallText } from '../../node/smallFile';
import { SLICE_BYTES } from './sliceMemory';
import type { WeightsPlan } from './weightsPlan';

/** A line has 90 bytes, and a model of 512 layers some 10,000 tensors. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/** Of the weights file of that path: first what is converted, then a line for each whole tensor. */
export function recordPathOf(path: string): string {
  return `${PartialFile.partialPathOf(path)}-tensors`;
}

/** Says that a tensor ends at a byte, and what all bytes up to there hash to. */
export function recordLine(end: number, hash: RunningHash): string {
  return `${end} ${hash.fork().digest()}`;
}

/** Removes what an attempt left. */
export async function removeAttempt(folder: string, name: string): Promise<void> {
  const path = joinPath(folder, name);
  // the record first: without it the file counts for nothing
  await removeFile(recordPathOf(path));
  await removeFile(PartialFile.partialPathOf(path));
}

/** What an earlier run left and this one need not do again. */
export interface Attempt {
  /** header included; 0 when there is nothing to go on with */
  readonly bytes: number;
  readonly tensors: number;
  /** has seen these bytes */
  readonly hash: RunningHash;
  /** to which further lines are added */
  readonly record: LineFile;
}

/**
 * Goes on with what an earlier run of the same identity left, as far as the bytes on the disk are
 * those that it wrote: a power failure may have lost some of them. Everything else is cut off.
 * @param identity changes whenever what was left must not be gone on with
 * @param onBytes told about bytes that were read
 * @throws AppError `OUTPUT_FAILED`, `FILE_UNREADABLE` or `CANCELLED`
 */
export async function resumeAttempt(
  path: string,
  plan: WeightsPlan,
  identity: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  const partial = PartialFile.partialPathOf(path);
  const [owner, ...lines] = await readLines(recordPathOf(path));
  const whole =
    owner === identity
      ? await verify(partial, plan, lines, onBytes, signal)
      : { bytes: 0, tensors: 0, hash: new RunningHash() };
  if (whole.bytes === 0) {
    // before the new identity is written: at no time does it stand beside another one's bytes
    await removeFile(recordPathOf(path));
    await removeFile(partial);
  } else {
    await truncateFile(partial, whole.bytes);
  }
  const kept = [identity, ...lines.slice(0, whole.tensors)];
  return { ...whole, record: await LineFile.create(recordPathOf(path), kept) };
}

type Whole = Omit<Attempt, 'record'>;

/** Hashes tensor after tensor as long as the record has them and agrees. */
async function verify(
  partial: string,
  plan: WeightsPlan,
  lines: readonly string[],
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<Whole> {
  let whole: Whole = { bytes: 0, tensors: 0, hash: new RunningHash() };
  const size = (await fileSizeBytes(partial)) ?? 0;
  if (size < plan.header.byteLength) {
    return whole;
  }
  const source = await openFileSource(partial);
  try {
    const hash = new RunningHash();
    let at = 0;
    let end = plan.header.byteLength;
    for (const [n, { sizeBytes }] of plan.tensors.entries()) {
      end += sizeBytes;
      if (end > size || lines[n] === undefined) {
        break;
      }
      while (at < end) {
        throwIfAborted(signal);
        const length = Math.min(SLICE_BYTES, end - at);
        hash.update(await source.read(at, length));
        onBytes(length);
        at += length;
      }
      if (lines[n] !== recordLine(end, hash)) {
        break;
      }
      whole = { bytes: end, tensors: n + 1, hash: hash.fork() };
    }
  } finally {
    await source.close();
  }
  return whole;
}

/** None where there is no record, or none that can be ours. */
async function readLines(path: string): Promise<readonly string[]> {
  const text = await readSmallText(path, MAX_RECORD_BYTES).catch(() => '');
  return text.split('\n').slice(0, -1);
}
