// The files that `score` writes: scored rows and statistics, whole or not at all, resumable.

import { AppError } from '../base/errors';
import { formatScoredRow, type ScoredRow } from '../formats/scoredRow';
import { PartialFile } from '../node/atomicFile';
import { readLines } from '../node/lineReader';
import { fileSizeBytes, truncateFile } from '../node/folder';
import type { ModelFacts } from '../protocol/engineProtocol';
import type { SampleScore } from '../sample/reward';

export interface ScoreOutputOptions {
  readonly out?: string;
  readonly stats?: string;
  /** go on after the rows that an interrupted run left beside `out` */
  readonly resume: boolean;
  readonly device: string;
}

export class ScoreOutput {
  private constructor(
    readonly options: ScoreOutputOptions,
    readonly model: ModelFacts,
    readonly rows: PartialFile | undefined,
    readonly stats: PartialFile | undefined,
    readonly resumable: boolean,
  ) {}

  static async open(options: ScoreOutputOptions, model: ModelFacts): Promise<ScoreOutput> {
    const { out, stats, resume } = options;
    const resumable =
      resume && out !== undefined && (await keepWholeLines(PartialFile.partialPathOf(out)));
    return new ScoreOutput(
      options,
      model,
      out === undefined ? undefined : await PartialFile.create(out, resumable),
      stats === undefined ? undefined : await PartialFile.create(stats, resumable),
      resumable,
    );
  }

  /**
   * The rows of an interrupted run, in order; none when there is nothing to resume.
   * @throws AppError `USAGE` when another model wrote them
   */
  async *resumed(): AsyncGenerator<ScoredRow> {
    if (!this.resumable || this.rows === undefined) {
      return;
    }
    for await (const { line, bytes } of readLines(this.rows.partialPath)) {
      const row = JSON.parse(new TextDecoder().decode(bytes)) as ScoredRow;
      if (row.model !== this.model.fingerprint) {
        throw new AppError(
          'USAGE',
          `${this.rows.partialPath}:${line}: written with the model ${row.model}; ` +
            'delete it or use the same model',
        );
      }
      yield row;
    }
  }

  async write(row: ScoredRow, score: SampleScore): Promise<void> {
    await this.rows?.write(formatScoredRow(row));
    if (this.stats !== undefined) {
      const { timing, tokens } = score;
      await this.stats.write(
        `${JSON.stringify({
          id: row.id,
          prefixTokens: tokens.prefix,
          tailTokens: tokens.tails,
          msVision: timing.msVision,
          msPrefix: timing.msPrefix,
          msTails: timing.msTails,
          cached: timing.cached,
          device: this.options.device,
          precision: this.model.precision,
        })}\n`,
      );
    }
  }

  async commit(): Promise<void> {
    await this.rows?.commit();
    await this.stats?.commit();
  }

  /** Leaves what was written beside the final name, for `--resume`. */
  async abandon(): Promise<void> {
    await this.rows?.abandon(false);
    await this.stats?.abandon(false);
  }
}

/** Cuts a last line that was being written when the run ended. @returns whether there is a file */
async function keepWholeLines(path: string): Promise<boolean> {
  if ((await fileSizeBytes(path)) === undefined) {
    return false;
  }
  let end = 0;
  for await (const { offset, sizeBytes, ended } of readLines(path)) {
    end = ended ? offset + sizeBytes + 1 : end;
  }
  await truncateFile(path, end);
  return true;
}
