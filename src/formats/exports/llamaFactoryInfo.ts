// The list of datasets that LLaMA-Factory looks its datasets up in.

import * as z from 'zod';
import { AppError } from '../../base/errors';
import type { FolderLayout, RowFile } from './pairFormat';

const listSchema = z.record(z.string(), z.unknown());

/**
 * A data file and its entry in `dataset_info.json`.
 * @param layout its name in LLaMA-Factory
 * @param columns LLaMA-Factory's names to those of the rows; an entry names the ones that rows have
 */
export function llamaFactoryFolder(
  layout: 'alpaca' | 'sharegpt',
  columns: Readonly<Record<string, string>>,
): FolderLayout {
  const entry = (file: RowFile): object => ({
    file_name: file.name,
    ...(layout === 'alpaca' ? {} : { formatting: layout }),
    ranking: true,
    columns: Object.fromEntries(
      Object.entries(columns).filter(([, column]) => file.columns.has(column)),
    ),
  });
  return {
    parts: [''],
    fileName: (dataset, _part, isTest) => `${dataset}_${layout}${isTest ? '_test' : ''}.json`,
    listName: () => 'dataset_info.json',
    list: (existing, files, gone, path) => {
      const list = Object.entries(existing === undefined ? {} : parseList(existing, path));
      const kept = list.filter(([, other]) => !gone.some((name) => isOf(other, name)));
      const before = Object.fromEntries(kept);
      const own = files.map((file) => {
        const name = file.name.replace(/\.json$/, '');
        // what somebody has added to it stays
        const others = isEntry(before[name]) ? before[name] : {};
        return [name, { ...others, ...entry(file) }] as const;
      });
      return `${JSON.stringify({ ...before, ...Object.fromEntries(own) }, undefined, 2)}\n`;
    },
  };
}

function isEntry(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOf(entry: unknown, fileName: string): boolean {
  return isEntry(entry) && 'file_name' in entry && entry.file_name === fileName;
}

function parseList(text: string, path: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = listSchema.safeParse(value);
  if (!parsed.success) {
    throw new AppError(
      'OUTPUT_FAILED',
      `${path}: not a list of datasets: it would lose what it holds, so nothing was written`,
      { file: path },
    );
  }
  return parsed.data;
}
