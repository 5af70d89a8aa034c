// `rewardlens inspect`: what the model sees of every candidate, one JSON line each.

import { AppError, encodeError, type EncodedError } from '../../base/errors';
import { readCandidateFile } from '../../formats/readCandidateFile';
import { absolutePath, folderOf } from '../../node/folder';
import { INSPECT, type InspectRow } from '../../protocol/engineProtocol';
import type { Compat } from '../../sample/reward';
import { DEFAULT_SCORE_OPTIONS, type FrameLabelMode } from '../../sample/scorer';
import { readMapping } from '../mappingFile';
import { announceModel, chooseModel, type Session } from '../session';
import { EXIT } from '../terminal';

export interface InspectFlags {
  readonly model?: string;
  readonly mediaRoot?: string;
  readonly mapping?: string;
  readonly compat: Compat;
  readonly frameLabels: FrameLabelMode;
  readonly hdNum?: number;
  readonly maxLength?: number;
}

/** @returns the exit code, as `score` would give it */
export async function inspectCommand(
  { terminal, engine, signal }: Session,
  files: readonly string[],
  flags: InspectFlags,
): Promise<number> {
  const mapped = await readMapping(flags.mapping);
  const model = await chooseModel({ engine, signal }, flags.model);
  announceModel(terminal, model);
  const options = {
    compat: flags.compat,
    hdNum: flags.hdNum ?? DEFAULT_SCORE_OPTIONS.hdNum,
    maxLength: flags.maxLength ?? DEFAULT_SCORE_OPTIONS.maxLength,
    frameLabels: flags.frameLabels,
  };
  let shown = 0;
  let failed = 0;
  for (const file of files) {
    const mediaRoot = absolutePath(flags.mediaRoot ?? folderOf(file));
    try {
      for await (const row of readCandidateFile(file, flags.compat, signal, mapped)) {
        if (!row.ok) {
          failed += 1;
          terminal.fail(`${file}:${row.line}`, row.error);
          continue;
        }
        const request = { sample: row.sample, mediaRoot, options };
        const params = { modelFolder: model.facts.folder, request };
        const lines = await engine.call({ type: INSPECT, params, signal });
        for (const line of lines) {
          terminal.print(formatInspectRow(line));
        }
        const faults = faultsOf(lines);
        shown += lines.length - lines.filter(isFault).length;
        failed += faults.length;
        for (const fault of faults) {
          terminal.fail(`${file}:${row.sample.line}`, fault);
        }
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code.startsWith('ENGINE')) {
        throw error;
      }
      failed += 1;
      terminal.fail(file, encodeError(error));
    }
  }
  return shown === 0 ? EXIT.nothing : failed > 0 ? EXIT.partly : EXIT.ok;
}

type Fault = Extract<InspectRow, { error: EncodedError }>;

function isFault(row: InspectRow): row is Fault {
  return 'error' in row;
}

/** What to tell of a sample's rows. A fault of the sample itself stands in each of them: it is one. */
function faultsOf(rows: readonly InspectRow[]): EncodedError[] {
  const faults = rows.filter(isFault);
  const [first] = faults;
  const isShared =
    faults.length === rows.length && faults.every(({ error }) => isSame(error, first?.error));
  return isShared
    ? faults.slice(0, 1).map(({ error }) => error)
    : faults.map(({ candidate, error }) => ({
        ...error,
        message: `answer ${candidate}: ${error.message}`,
      }));
}

function isSame(a: EncodedError, b: EncodedError | undefined): boolean {
  return a.code === b?.code && a.message === b.message;
}

function formatInspectRow(row: InspectRow): string {
  const shown = isFault(row)
    ? { ...row, error: { code: row.error.code, message: row.error.message } }
    : row;
  return `${JSON.stringify(shown)}\n`;
}
