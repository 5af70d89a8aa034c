// The files that `score` writes: a score sheet and statistics, whole or not at all; JSON Lines can be
// resumed.

import { AppError } from '../base/errors';
import { openSheet } from '../formats/sheets/openSheet';
import { sheetKindOf, type SheetRow, type SheetWriter } from '../formats/sheets/scoreSheet';
import { PartialFile } from '../node/atomicFile';
import { outputTarget, requireOwnOutputs } from '../node/outputPath';
import { keepLines } from '../node/wholeLines';
import type { ModelFacts } from '../protocol/engineProtocol';
import { journalPath } from '../review/journalPath';
import { rewardIdentity } from '../sample/device';
import type { SampleScore } from '../sample/reward';
import type { ScoreOptions } from '../sample/scorer';
import {
  headerOf,
  keepEarlier,
  keysPath,
  partialPath,
  readEarlier,
  type EarlierRow,
} from './unfinishedRun';

export interface OutputChoice {
  readonly out?: string;
  readonly stats?: string;
  /** go on after the rows that an interrupted run left beside `out` */
  readonly resume: boolean;
}

export interface ScoreOutputOptions extends OutputChoice {
  readonly datasets: readonly string[];
  /** id of the device that computes, unless a score names another */
  readonly device: string;
  readonly score: ScoreOptions;
}

/** What is written beside each other while a run goes on, a line for each row. */
interface Files {
  readonly rows?: PartialFile;
  readonly sheet?: SheetWriter;
  /** what each row was made from, after a line with the options; removed with the end of the run */
  readonly keys?: PartialFile;
  readonly stats?: PartialFile;
}

/**
 * Refuses what can't work whatever the model is, so that nobody waits for a model to be told.
 * @throws AppError `USAGE` when the output would replace an input, or when there is nothing to resume
 */
export async function requireUsableOutput(
  inputs: readonly string[],
  { out, stats, resume }: OutputChoice,
): Promise<void> {
  if (resume && out === undefined) {
    throw new AppError('USAGE', '--resume needs --out, the output of the interrupted run');
  }
  if (resume && out !== undefined && !isResumable(out)) {
    throw new AppError(
      'USAGE',
      `--resume goes on with JSON Lines only: ${out} is written as a whole or not at all`,
    );
  }
  const outputs = [out, stats].filter((path) => path !== undefined);
  await requireOwnOutputs(await withPartial(outputs), [
    ...inputs,
    ...inputs.map((path) => journalPath(path)),
  ]);
}

export class ScoreOutput {
  #rowCount: number;

  private constructor(
    readonly options: ScoreOutputOptions,
    readonly model: ModelFacts,
    readonly files: Files,
    /** rows taken over from an interrupted run, if their keys still fit */
    readonly earlierRows: number,
  ) {
    this.#rowCount = earlierRows;
  }

  /**
   * @param options that {@link requireUsableOutput} has passed
   * @throws AppError `USAGE` when what is to be resumed was made with another model or other options;
   *   `OUTPUT_FAILED`
   */
  static async open(options: ScoreOutputOptions, model: ModelFacts): Promise<ScoreOutput> {
    const { out, stats, resume } = options;
    const kept =
      resume && out !== undefined
        ? await keepEarlier(out, stats, headerOf(options.score, identityOf(options, model)))
        : undefined;
    const opened: PartialFile[] = [];
    const create = async (path: string): Promise<PartialFile> => {
      const file = await PartialFile.create(path, kept !== undefined);
      opened.push(file);
      return file;
    };
    try {
      const files: Files = {
        ...(out === undefined ? {} : await openRows(out, await create(out), options.datasets)),
        ...(stats === undefined ? {} : { stats: await create(stats) }),
        ...(out === undefined || !isResumable(out) || (await outputTarget(out)).isStream
          ? {}
          : { keys: await create(await keysPath(out)) }),
      };
      return new ScoreOutput(options, model, files, kept ?? 0);
    } catch (error) {
      for (const file of opened) {
        await file.abandon(out !== undefined && !isResumable(out));
      }
      throw error;
    }
  }

  /** Whether rows are kept, so that their keys are needed. */
  get keepsRows(): boolean {
    return this.files.keys !== undefined;
  }

  /**
   * The rows of an interrupted run, in order; none when there is nothing to resume.
   * @throws AppError `USAGE` for a line that is not a scored row
   */
  async *earlier(): AsyncGenerator<EarlierRow> {
    const { rows, keys } = this.files;
    if (this.earlierRows === 0 || rows === undefined || keys === undefined) {
      return;
    }
    yield* readEarlier(rows.partialPath, keys.partialPath);
  }

  /** Drops what an interrupted run left after its first `count` rows. */
  async keepOnly(count: number): Promise<void> {
    const { rows, keys, stats } = this.files;
    for (const [file, lines] of [
      [rows, count],
      [keys, count === 0 ? 0 : count + 1],
      [stats, count],
    ] as const) {
      if (file !== undefined && !file.isStream) {
        await keepLines(file.partialPath, lines);
      }
    }
    this.#rowCount = count;
  }

  /** The column that the output has beside those of the dataset. */
  get addedColumn(): string | undefined {
    return this.files.sheet?.addedColumn;
  }

  async write(row: SheetRow, score: SampleScore, key: string): Promise<void> {
    const { sheet, keys, stats } = this.files;
    // the row comes after its key: a row whose key is missing could not be told from a wrong one
    const head =
      this.#rowCount === 0
        ? `${headerOf(this.options.score, identityOf(this.options, this.model))}\n`
        : '';
    await keys?.write(`${head}${key}\n`);
    await sheet?.write(row);
    await stats?.write(this.#formatStats(row.row.id, score));
    this.#rowCount += 1;
  }

  #formatStats(id: string, score: SampleScore): string {
    const { timing, tokens } = score;
    return `${JSON.stringify({
      id,
      prefixTokens: tokens.prefix,
      tailTokens: tokens.tails,
      msVision: timing.msVision,
      msPrefix: timing.msPrefix,
      msTails: timing.msTails,
      cached: timing.cached,
      device: score.computedOn ?? this.options.device,
      precision: this.model.precision,
    })}\n`;
  }

  /** Gives the files their names. Without a single row nothing is replaced. */
  async commit(): Promise<void> {
    if (this.#rowCount === 0) {
      await this.abandon();
      return;
    }
    await this.files.sheet?.finish();
    await this.files.rows?.commit();
    await this.files.stats?.commit();
    await this.files.keys?.abandon(true);
  }

  /** Leaves what `--resume` can go on with beside the final name. */
  async abandon(): Promise<void> {
    const { rows, keys, stats } = this.files;
    const { out } = this.options;
    const isUseless = out !== undefined && !isResumable(out);
    for (const file of [rows, stats, keys]) {
      await file?.abandon(isUseless);
    }
  }
}

/** Half a table in another format can't be told from a whole one, or can't be read at all. */
function isResumable(out: string): boolean {
  return sheetKindOf(out) === 'jsonl';
}

async function openRows(
  out: string,
  rows: PartialFile,
  datasets: readonly string[],
): Promise<Pick<Files, 'rows' | 'sheet'>> {
  return { rows, sheet: await openSheet(sheetKindOf(out), rows, datasets) };
}

/** The outputs with the files that they grow in; devices and pipes have none. */
async function withPartial(outputs: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (const output of outputs) {
    const { isStream } = await outputTarget(output);
    all.push(output, ...(isStream ? [] : [await partialPath(output)]));
  }
  return all;
}

/** Names the numbers that a run gives, on the device that it begins with. */
function identityOf({ device, score }: ScoreOutputOptions, { fingerprint }: ModelFacts): string {
  return rewardIdentity(fingerprint, device, score.head);
}
