// Where a dataset's verdicts are kept.

import { AppError } from '../base/errors';
import { readCandidateFile } from '../formats/readCandidateFile';
import type { RowFormat } from '../formats/rows/rowFormat';
import {
  absolutePath,
  baseName,
  fileSizeBytes,
  folderOf,
  joinPath,
  relativePath,
} from '../node/folder';
import { sha256 } from '../node/hash';
import { JournalFile } from './journalFile';
import { sampleHash } from './sampleHash';

const MARK_DIGITS = 8;

/**
 * Beside the dataset, or in `folder` when the user has set one. There the name carries a mark of
 * where the dataset lies as seen from the folder: the same on every machine, and another one for a
 * dataset of the same name elsewhere.
 */
export function journalPath(datasetPath: string, folder?: string): string {
  if (isBeside(datasetPath, folder)) {
    return joinPath(folderOf(datasetPath), journalName(datasetPath));
  }
  const place = relativePath(joinPath(absolutePath(folder), 'journal'), absolutePath(datasetPath));
  const mark = sha256(place).slice(0, MARK_DIGITS);
  return joinPath(folder, journalName(datasetPath, mark));
}

/**
 * The journal to read and to go on with. In a folder that the user has set, that may be one without
 * a mark: names had none once, and a person may have put it there.
 * @param mapped reads the rows, by columns that a person named
 */
export async function findJournal(
  datasetPath: string,
  folder?: string,
  mapped?: RowFormat,
): Promise<string> {
  const own = journalPath(datasetPath, folder);
  if (isBeside(datasetPath, folder) || (await fileSizeBytes(own)) !== undefined) {
    return own;
  }
  const unmarked = joinPath(folder, journalName(datasetPath));
  const isThere = (await fileSizeBytes(unmarked)) !== undefined;
  return isThere && (await isAbout(unmarked, datasetPath, mapped)) ? unmarked : own;
}

function journalName(datasetPath: string, mark?: string): string {
  return [baseName(datasetPath), ...(mark === undefined ? [] : [mark]), 'review.jsonl'].join('.');
}

function isBeside(datasetPath: string, folder: string | undefined): folder is undefined | '' {
  return (
    folder === undefined ||
    folder === '' ||
    absolutePath(folder) === folderOf(absolutePath(datasetPath))
  );
}

/**
 * A row of the dataset is one that the journal is about. A journal that can't be read is to be told
 * of; a dataset that can't is told of by who reads it next.
 */
async function isAbout(
  journal: string,
  datasetPath: string,
  mapped: RowFormat | undefined,
): Promise<boolean> {
  const content = await new JournalFile(journal).read().catch(() => undefined);
  if (content === undefined) {
    return true;
  }
  const judged = new Map<string, Set<string>>();
  for (const { id, sampleHash: hash } of content.entries) {
    judged.set(id, (judged.get(id) ?? new Set()).add(hash));
  }
  if (judged.size === 0) {
    return false;
  }
  try {
    // ends with the first row that fits; all rows are read only where the dataset has no journal yet
    for await (const row of readCandidateFile(datasetPath, 'safe', undefined, mapped)) {
      if (row.ok && judged.get(row.sample.id)?.has(sampleHash(row.sample)) === true) {
        return true;
      }
    }
  } catch (error) {
    if (!(error instanceof AppError)) {
      throw error;
    }
  }
  return false;
}
