// Rewards as CSV (RFC 4180): a line for each answer, for spreadsheets and data frames.

import { stringify } from 'csv-stringify/sync';
import type { PartialFile } from '../../node/atomicFile';
import { rewardRanks } from '../../sample/reward';
import { guarded } from './csvCells';
import type { SheetRow, SheetWriter } from './scoreSheet';

/** `candidate` counts from 0, as in JSON Lines; `rank` from 1, shared by equal rewards. */
export const CSV_COLUMNS = [
  'file',
  'line',
  'id',
  'candidate',
  'source',
  'reward',
  'rank',
  'error_code',
  'error_message',
  'model',
] as const;

/** Without it Excel takes UTF-8 for another encoding. */
const MARK = '\uFEFF';

export function csvSheet(file: PartialFile): SheetWriter {
  let head = `${MARK}${toLines([CSV_COLUMNS])}`;
  return {
    async write(row) {
      const text = head + toLines(cellsOf(row));
      head = '';
      await file.write(text);
    },
    finish: () => Promise.resolve(),
  };
}

/** A row without answers has one line, which says why. */
function cellsOf({ row, sources }: SheetRow): string[][] {
  const { file = '', line, id, rewards, model, error, errors = [] } = row;
  const ranks = rewardRanks(rewards);
  const cells = (candidate?: number): string[] => {
    const reward = candidate === undefined ? null : rewards[candidate];
    const fault = errors.find((each) => each.candidate === candidate) ?? error;
    return [
      guarded(file),
      String(line),
      guarded(id),
      number(candidate),
      guarded(candidate === undefined ? '' : (sources[candidate] ?? '')),
      number(reward),
      number(candidate === undefined ? null : ranks[candidate]),
      fault?.code ?? '',
      guarded(fault?.message ?? ''),
      guarded(model),
    ];
  };
  return rewards.length === 0 ? [cells()] : rewards.map((_, candidate) => cells(candidate));
}

/** The shortest decimal that reads back as the same double, as in JSON. */
function number(value: number | null | undefined): string {
  return value == null ? '' : JSON.stringify(value);
}

function toLines(rows: readonly (readonly string[])[]): string {
  // a lone newline must be quoted, too
  return stringify(rows as string[][], { record_delimiter: 'windows', quoted_match: /[\r\n]/ });
}
