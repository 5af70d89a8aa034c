// `rewardlens score`: rewards for every sample of candidate files.

import { AppError, encodeError, type EncodedError } from '../../base/errors';
import { EngineScorer, PRIORITY } from '../../client/engineScorer';
import { countCandidateRows, readCandidateFile } from '../../formats/readCandidateFile';
import type { RowFormat } from '../../formats/rows/rowFormat';
import { formatScoredRow, toScoredRow, type ScoredRow } from '../../formats/scoredRow';
import { absolutePath, folderOf } from '../../node/folder';
import { rewardIdentity, type DeviceChoice } from '../../sample/device';
import type { Compat } from '../../sample/reward';
import type { Sample } from '../../sample/sample';
import { DEFAULT_SCORE_OPTIONS, type FrameLabelMode, type ScoreOptions } from '../../sample/scorer';
import { rowKey } from '../../scoring/rowKey';
import { scoreRows, sourcesOf, type ScoreJob } from '../../scoring/scoreRows';
import { readMapping } from '../mappingFile';
import { formatRewardTable } from '../rewardTable';
import { requireUsableOutput, ScoreOutput } from '../scoreOutput';
import { announceModel, chooseHead, chooseModel, settleDevice, type Session } from '../session';
import { EXIT, type Terminal } from '../terminal';

export interface ScoreFlags {
  readonly model?: string;
  readonly device: DeviceChoice;
  readonly head?: string;
  readonly mediaRoot?: string;
  readonly mapping?: string;
  readonly out?: string;
  readonly hdNum?: number;
  readonly maxLength?: number;
  readonly compat: Compat;
  readonly frameLabels: FrameLabelMode;
  readonly stats?: string;
  readonly resume?: boolean;
  /** a table even when nobody looks at stdout */
  readonly table?: boolean;
}

/** Scores files in order. @returns the exit code */
export async function scoreCommand(
  { terminal, engine, signal }: Session,
  files: readonly string[],
  flags: ScoreFlags,
): Promise<number> {
  const choice = { ...flags, resume: flags.resume === true };
  const inputs = flags.head === undefined ? files : [...files, flags.head];
  await requireUsableOutput(inputs, choice);
  const mapped = await readMapping(flags.mapping);
  const model = await chooseModel({ engine, signal }, flags.model);
  announceModel(terminal, model);
  const head = await chooseHead(terminal, model, flags.head);
  const options: ScoreOptions = {
    compat: flags.compat,
    hdNum: flags.hdNum ?? DEFAULT_SCORE_OPTIONS.hdNum,
    maxLength: flags.maxLength ?? DEFAULT_SCORE_OPTIONS.maxLength,
    frameLabels: flags.frameLabels,
    ...(head === undefined ? {} : { head }),
  };
  const device = await settleDevice({ terminal, engine, signal }, model, flags.device);
  const { fingerprint } = model.facts;
  const output = await ScoreOutput.open(
    { ...choice, datasets: files, device, score: options },
    model.facts,
  );
  noteColumn(terminal, output.addedColumn, flags.out);
  const keyOf = (job: ScoreJob): Promise<string> => rowKey(job, options, fingerprint);
  const run = new ScoreRun(terminal, files, { ...flags, mapped }, output, keyOf, signal);
  const asTable = flags.table === true || (flags.out === undefined && terminal.isInteractive);
  const shown: { row: ScoredRow; sample?: Sample }[] = [];
  try {
    await run.countRows();
    const outcomes = scoreRows(run.jobs(), {
      scorer: new EngineScorer(engine, model.facts.folder, flags.device, PRIORITY.batch),
      options,
      signal,
    });
    for await (const { job, score } of outcomes) {
      const identity = rewardIdentity(fingerprint, score.computedOn ?? device, options.head);
      const row = toScoredRow(identityOf(job), score, identity);
      await output.write({ row, sources: sourcesOf(job) }, score, job.key);
      run.record(row);
      if (asTable) {
        shown.push({ row, ...(job.row.ok ? { sample: job.row.sample } : {}) });
      } else if (flags.out === undefined) {
        terminal.print(formatScoredRow(row));
      }
    }
    await output.commit();
  } catch (error) {
    await output.abandon();
    throw error;
  } finally {
    terminal.endProgress();
  }
  if (shown.length > 0) {
    terminal.print(formatRewardTable(shown, model.facts.label, terminal.width));
  }
  return run.finish();
}

/** @throws AppError `USAGE` when a row of the unfinished output is not about this one */
function requireSameRow(earlier: ScoredRow, job: ScoreJob): void {
  const { id, line, file } = identityOf(job);
  if (earlier.id !== id || earlier.line !== line || earlier.file !== file) {
    throw new AppError(
      'USAGE',
      `the unfinished output has ${earlier.id} (line ${earlier.line}) where the dataset has ` +
        `${id} (line ${line}): it does not belong to these files; delete it to start over`,
    );
  }
}

function noteColumn(terminal: Terminal, column: string | undefined, out = ''): void {
  if (column !== undefined && column !== 'rewards') {
    terminal.note(`${out}: the dataset has a column "rewards": these are in "${column}"`);
  }
}

function identityOf({ row, file }: ScoreJob): { id: string; line: number; file?: string } {
  const { id, line } = row.ok ? row.sample : row;
  return { id, line, ...(file === undefined ? {} : { file }) };
}

interface KeyedJob extends ScoreJob {
  /** names what the rewards are made from; empty when rows are not kept for a later run */
  readonly key: string;
}

/** Reads the rows of the files, and keeps count of what became of them. */
class ScoreRun {
  /** of rows; `undefined` when one of the files is a pipe */
  #total: number | undefined;
  #rows = 0;
  #scored = 0;
  #failed = 0;
  readonly #seenIds = new Map<string, number>();

  constructor(
    readonly terminal: Terminal,
    readonly files: readonly string[],
    readonly flags: ScoreFlags & { readonly mapped: RowFormat | undefined },
    readonly output: ScoreOutput,
    readonly keyOf: (job: ScoreJob) => Promise<string>,
    readonly signal: AbortSignal,
  ) {}

  /** Counts rows for the estimate; files that can't be read are reported later. */
  async countRows(): Promise<void> {
    let total: number | undefined = 0;
    for (const file of this.files) {
      try {
        const rows = await countCandidateRows(file, this.signal);
        total = total === undefined || rows === undefined ? undefined : total + rows;
      } catch (error) {
        if (!(error instanceof AppError)) {
          throw error;
        }
      }
    }
    this.#total = total;
  }

  /**
   * Rows to score: those of an interrupted run are taken over up to the first that was made from
   * something else, and files that fail reported.
   * @throws AppError `USAGE` when the interrupted run was about other files
   */
  async *jobs(): AsyncGenerator<KeyedJob> {
    const earlierRows = this.output.earlier();
    let earlier = await earlierRows.next();
    for (const file of this.files) {
      const mediaRoot = absolutePath(this.flags.mediaRoot ?? folderOf(file));
      const named = this.files.length > 1 ? { file } : {};
      try {
        const { compat, mapped } = this.flags;
        for await (const row of readCandidateFile(file, compat, this.signal, mapped)) {
          const job: ScoreJob = { row, mediaRoot, ...named };
          const key = this.output.keepsRows ? await this.keyOf(job) : '';
          this.#noteDuplicate(file, job);
          if (earlier.done === true) {
            yield { ...job, key };
            continue;
          }
          requireSameRow(earlier.value.row, job);
          if (earlier.value.key === key) {
            this.record(earlier.value.row);
            earlier = await earlierRows.next();
          } else {
            const { line } = identityOf(job);
            this.terminal.note(`${file}:${line}: has changed; scored again from here on`);
            earlier = await earlierRows.return(undefined);
            await this.output.keepOnly(this.#rows);
            yield { ...job, key };
          }
        }
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'USAGE') {
          throw error;
        }
        this.#fail(file, encodeError(error));
      }
    }
    if (earlier.done !== true) {
      const { id, line } = earlier.value.row;
      throw new AppError(
        'USAGE',
        `the unfinished output goes on with ${id} (line ${line}) where the files end: give the ` +
          'same files, or delete it to start over',
      );
    }
  }

  #noteDuplicate(file: string, job: ScoreJob): void {
    const { id, line } = identityOf(job);
    const key = `${file}\u0000${id}`;
    const first = this.#seenIds.get(key);
    if (first === undefined) {
      this.#seenIds.set(key, line);
    } else {
      this.terminal.note(`${file}:${line}: the id ${id} stands on line ${first}, too`);
    }
  }

  record(row: ScoredRow): void {
    this.#rows += 1;
    this.#scored += row.rewards.filter((reward) => reward !== null).length;
    const where = `${row.file ?? this.files[0] ?? ''}:${row.line}`;
    if (row.error !== undefined) {
      this.#fail(where, row.error as EncodedError);
    }
    for (const error of row.errors ?? []) {
      const { candidate, code, message } = error;
      this.#fail(where, { code, message: `answer ${candidate}: ${message}` } as EncodedError);
    }
    this.terminal.progress({
      done: this.#rows,
      ...(this.#total === undefined ? {} : { total: this.#total }),
      unit: 'samples',
      label: row.id,
    });
  }

  #fail(where: string, error: EncodedError): void {
    this.#failed += 1;
    this.terminal.fail(where, error);
  }

  /** Says what became of everything. @returns the exit code */
  finish(): number {
    const failures = this.#failed === 0 ? '' : ` ${this.#failed} failures, listed above.`;
    this.terminal.note(`${this.#scored} answers of ${this.#rows} samples scored.${failures}`);
    return this.#scored === 0 ? EXIT.nothing : this.#failed > 0 ? EXIT.partly : EXIT.ok;
  }
}
