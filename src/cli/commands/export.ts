// `rewardlens export`: preference pairs for trainers.

import { AppError } from '../../base/errors';
import type { ExportFormat } from '../../formats/exportPairs';
import { absolutePath, folderOf } from '../../node/folder';
import { journalPath } from '../../review/journalPath';
import { exportPairs, type PairSource } from '../../review/pairExport';
import type { PairPolicy } from '../../sample/pair';
import type { Session } from '../session';
import { EXIT } from '../terminal';

export interface ExportFlags {
  readonly format: ExportFormat;
  readonly out: string;
  readonly from: 'verdicts' | 'rewards';
  readonly rewards?: string;
  readonly pairs: PairPolicy;
  readonly minMargin: number;
  readonly mediaRoot?: string;
}

/** @returns the exit code */
export async function exportCommand(
  { terminal }: Session,
  files: readonly string[],
  flags: ExportFlags,
): Promise<number> {
  const report = await exportPairs({
    datasets: files.map((path) => ({
      path,
      mediaRoot: absolutePath(flags.mediaRoot ?? folderOf(path)),
      source: toSource(path, flags),
    })),
    policy: flags.pairs,
    format: flags.format,
    out: absolutePath(flags.out),
  });
  for (const { line, id, reason } of report.skipped) {
    terminal.note(`line ${line}: ${id} left out: ${reason}`);
  }
  for (const { file, line, reason } of report.journalFaults) {
    terminal.note(`${file}:${line}: left out, not a journal entry: ${reason}`);
  }
  terminal.note(
    `${report.pairs} pairs of ${report.samples} samples written to ${flags.out}.` +
      (report.disputed > 0 ? ` ${report.disputed} left out: people disagree.` : '') +
      (report.stale > 0 ? ` ${report.stale} verdicts left out: their sample has changed.` : '') +
      (report.unscored > 0 ? ` ${report.unscored} samples have no row in the scored output.` : '') +
      (report.badRows > 0 ? ` ${report.badRows} rows could not be read.` : ''),
  );
  const { badRows, unscored, skipped, journalFaults } = report;
  return badRows + unscored + skipped.length + journalFaults.length > 0 ? EXIT.partly : EXIT.ok;
}

function toSource(file: string, flags: ExportFlags): PairSource {
  if (flags.from === 'verdicts') {
    return { from: 'verdicts', journal: journalPath(file) };
  }
  if (flags.rewards === undefined) {
    throw new AppError('USAGE', '--from rewards needs --rewards SCORED.jsonl');
  }
  return { from: 'rewards', scoredFile: flags.rewards, minMargin: flags.minMargin };
}
