// `rewardlens head fit`: a score head that learns from people's pairs.

import { REPEATABLE } from '../../client/engineClient';
import { formatHeadFile } from '../../formats/headFile';
import { writeWholeFile } from '../../node/atomicFile';
import { absolutePath, folderOf } from '../../node/folder';
import { randomId } from '../../node/hash';
import { requireOwnOutputs } from '../../node/outputPath';
import { FIT_HEAD, FIT_HEAD_PROGRESS } from '../../protocol/engineProtocol';
import { readHeadPairs, type HeadData } from '../../review/headPairs';
import { journalPath } from '../../review/journalPath';
import type { DeviceChoice } from '../../sample/device';
import type { Compat } from '../../sample/reward';
import type { HeadFacts } from '../../sample/headFacts';
import type { HeadFault } from '../../sample/promptPairs';
import { DEFAULT_SCORE_OPTIONS, type FrameLabelMode } from '../../sample/scorer';
import { readMapping } from '../mappingFile';
import { announceModel, chooseModel, type Session } from '../session';
import { EXIT, type Terminal } from '../terminal';

export interface HeadFitFlags {
  readonly out: string;
  readonly journal?: string;
  readonly by?: string;
  readonly folds: number;
  readonly l2: number;
  readonly seed: number;
  readonly model?: string;
  readonly device: DeviceChoice;
  readonly mediaRoot?: string;
  readonly mapping?: string;
  readonly hdNum?: number;
  readonly maxLength?: number;
  readonly compat: Compat;
  readonly frameLabels: FrameLabelMode;
}

/** @returns the exit code */
export async function headFitCommand(
  session: Session,
  files: readonly string[],
  flags: HeadFitFlags,
): Promise<number> {
  const { terminal, engine, signal } = session;
  const { out, folds, l2, seed } = flags;
  const journals = files.map((path) => journalPath(path, flags.journal));
  await requireOwnOutputs([out], [...files, ...journals]);
  const mapped = await readMapping(flags.mapping);
  const options = {
    compat: flags.compat,
    hdNum: flags.hdNum ?? DEFAULT_SCORE_OPTIONS.hdNum,
    maxLength: flags.maxLength ?? DEFAULT_SCORE_OPTIONS.maxLength,
    frameLabels: flags.frameLabels,
  };
  const datasets = files.map((path, n) => ({
    path,
    mediaRoot: absolutePath(flags.mediaRoot ?? folderOf(path)),
    journal: journals[n] ?? journalPath(path),
    mapped,
    people: flags.by === undefined ? undefined : [flags.by],
  }));
  const data = await readHeadPairs(datasets, options, signal);
  nameFaults(terminal, data.faults);
  const model = await chooseModel({ engine, signal }, flags.model);
  announceModel(terminal, model);
  const token = randomId();
  const fitted = await engine.call({
    type: FIT_HEAD,
    params: {
      modelFolder: model.facts.folder,
      device: flags.device,
      prompts: data.prompts,
      settings: { folds, l2, seed },
      token,
    },
    progress: {
      type: FIT_HEAD_PROGRESS,
      token,
      onValue: (progress) => terminal.progress(progress),
    },
    retry: REPEATABLE, // features that are known are not computed again
    signal,
  });
  terminal.endProgress();
  nameFaults(terminal, fitted.faults);
  await writeWholeFile(out, formatHeadFile(fitted.model, fitted.weights, fitted.facts));
  terminal.print(`${summary(fitted.facts)}\n`);
  terminal.note([`Head written to ${out}.`, ...leftOut(data)].join(' '));
  return data.faults.length + fitted.faults.length > 0 ? EXIT.partly : EXIT.ok;
}

function nameFaults(terminal: Terminal, faults: readonly HeadFault[]): void {
  for (const { file, line, error } of faults) {
    terminal.fail(line === undefined ? file : `${file}:${line}`, error);
  }
}

function leftOut({ disputed, accepted, stale }: HeadData): readonly string[] {
  const remarks = [
    [disputed, 'pairs left out: people disagree.'],
    [accepted, 'pairs left out: from orders of the model that were accepted, not voted for.'],
    [stale, 'verdicts left out: their sample has changed.'],
  ] as const;
  return remarks.flatMap(([count, text]) => (count > 0 ? [`${count} ${text}`] : []));
}

/** The held-out figures: the head is never shown without them. */
function summary({ fit, heldOut }: HeadFacts): string {
  const { publishedAccuracy, fittedAccuracy, accuracyGain, accuracyInterval } = heldOut;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const points = (share: number): string =>
    `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)}`;
  const { low, high } = accuracyInterval;
  const verdict =
    low > 0
      ? 'The fitted head agrees more often with these verdicts.'
      : high < 0
        ? 'The fitted head agrees LESS often with these verdicts: do not use it.'
        : 'No gain is shown: the interval includes 0.';
  return [
    `${fit.pairs} pairs of ${fit.samples} prompts, held out in ${fit.folds} folds:`,
    `  published head  ${percent(publishedAccuracy)} of pairs agree`,
    `  fitted head     ${percent(fittedAccuracy)}`,
    `  gain            ${points(accuracyGain)} points (95 % interval ${points(low)} to ${points(high)})`,
    verdict,
  ].join('\n');
}
