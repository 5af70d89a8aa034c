// Exports the preference pairs of datasets to the files of a format, sample by sample.

import { throwIfAborted } from '../base/abort';
import { AppError, encodeError, isCancelled } from '../base/errors';
import { PAIR_FORMATS, type ExportFormat } from '../formats/exportFormats';
import { isEdited, type PreferencePair } from '../formats/preferencePair';
import { readCandidateFile } from '../formats/readCandidateFile';
import type { RowFormat } from '../formats/rows/rowFormat';
import { openScoredFile, type ScoredRows } from '../formats/readScoredFile';
import { absolutePath, baseName, isAddress, joinPath } from '../node/folder';
import { requireOwnOutputs } from '../node/outputPath';
import { filesOfName } from '../sample/frameList';
import { mediaOf, type Sample } from '../sample/sample';
import { ExportMedia, type MediaMode } from './exportMedia';
import { emptyTally, reasonsForNone, type PairExportReport, type Tally } from './exportReport';
import { PairOutput } from './pairOutput';
import { isForTest, PairFilter, type PairRules } from './pairRules';
import { pairsByRewards, pairsByVerdicts, type PairChooser, type PairSource } from './pairSources';
import { VideoForms } from './videoForms';

export interface PairDataset {
  readonly path: string;
  /** folder that media paths of the dataset are relative to */
  readonly mediaRoot: string;
  readonly source: PairSource;
  /** reads the rows, by columns that a person named */
  readonly mapped?: RowFormat | undefined;
}

export interface PairExportOptions extends PairRules {
  readonly datasets: readonly PairDataset[];
  readonly format: ExportFormat;
  /** a folder for formats of several files */
  readonly out: string;
  /** share of prompts in a test split of its own, from 0 to below 1 */
  readonly testFraction?: number;
  /** relative paths unless told otherwise */
  readonly media?: MediaMode;
}

/** What the person who waits is told, and their wish to stop. */
export interface ExportWatch {
  /** what was found, before anything is written: also when there is no pair */
  readonly onReport?: (report: PairExportReport) => void;
  /** @param rows that were gone through so far, over all datasets */
  readonly onRow?: (rows: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What an export must never replace, whoever's it is. */
const OTHER_KINDS = /\.review\.jsonl$|\.(png|jpe?g|gif|webp|bmp|tiff?|avif|mp4|mov|mkv|webm|avi)$/i;

/** Everything that the pairs of an export go through. */
interface Work {
  readonly options: PairExportOptions;
  readonly filter: PairFilter;
  readonly media: ExportMedia;
  readonly videoForms: VideoForms;
  /** absent when only the report is wanted */
  readonly output?: PairOutput;
  readonly tally: Tally;
  readonly watch: ExportWatch;
}

/**
 * Writes the pairs; existing files are replaced as a whole. Of several datasets those that can be
 * read are exported.
 * @throws AppError `USAGE` for options that don't go together and when the output would replace a
 *   file that is read or of another kind, `EXPORT_EMPTY` when there is no pair to write, `CANCELLED`;
 *   codes of reading the only dataset or scored output, and of writing
 */
export async function exportPairs(
  options: PairExportOptions,
  watch: ExportWatch = {},
): Promise<PairExportReport> {
  requireFitting(options);
  const { datasets, out, testFraction = 0 } = options;
  const format = PAIR_FORMATS[options.format];
  const output = await PairOutput.open({
    format,
    out,
    dataset: datasetName(datasets),
    hasTest: testFraction > 0,
  });
  const media = mediaFor(options, options.media ?? 'relative');
  try {
    await requireOwnOutputs(output.paths, datasets.flatMap(filesOf));
    const tally = emptyTally();
    await collect({ ...workOf(options, media, tally), output, watch });
    watch.onReport?.(tally);
    requirePairs(options, tally);
    await output.commit(watch.signal);
    return { ...tally, leftFiles: await output.left() };
  } catch (error) {
    await media.undo();
    throw error;
  } finally {
    await output.close();
  }
}

/**
 * What {@link exportPairs} would find. Media are looked for, not read.
 * @throws AppError as it does, save for writing and for having no pair
 */
export async function previewPairs(
  options: PairExportOptions,
  watch: ExportWatch = {},
): Promise<PairExportReport> {
  requireFitting(options);
  const tally = emptyTally();
  const media = mediaFor(options, options.media ?? 'relative');
  await collect({ ...workOf(options, media, tally), watch });
  return tally;
}

function workOf(options: PairExportOptions, media: ExportMedia, tally: Tally): Omit<Work, 'watch'> {
  const videoForms = new VideoForms(PAIR_FORMATS[options.format].frameLists);
  return { options, filter: new PairFilter(options), media, videoForms, tally };
}

/** @throws AppError `EXPORT_EMPTY`, with the reasons, when there is no pair to write */
export function requirePairs({ datasets }: PairExportOptions, report: PairExportReport): void {
  if (report.rows === 0) {
    const names = datasets.map(({ path }) => path).join(', ');
    throw new AppError('EXPORT_EMPTY', `${names}: no pairs to export${reasonsForNone(report)}`);
  }
}

function requireFitting({ format, media, minMargin, datasets, out }: PairExportOptions): void {
  if (OTHER_KINDS.test(out)) {
    throw new AppError('USAGE', `${out} is the name of a verdict journal, a picture or a video`, {
      file: out,
    });
  }
  if (media === 'embed' && !PAIR_FORMATS[format].embeds) {
    throw new AppError('USAGE', `the format ${format} has no place for the content of media`);
  }
  if (minMargin !== undefined && datasets.some(({ source }) => source.scoredFile === undefined)) {
    throw new AppError('USAGE', 'a least margin needs rewards: give the scored output');
  }
}

function mediaFor({ format, out }: PairExportOptions, mode: MediaMode): ExportMedia {
  const { folder, frameLists } = PAIR_FORMATS[format];
  const listsFolders = frameLists === 'alone';
  return folder === undefined
    ? new ExportMedia(
        mode,
        out,
        `${out.replace(/(?<=[^/\\.])\.[^./\\]+$/, '')}.media`,
        listsFolders,
      )
    : new ExportMedia(mode, joinPath(out, 'rows'), joinPath(out, 'media'), listsFolders);
}

/** Of the first dataset: trainers look their data up by such names. */
function datasetName([first]: readonly PairDataset[]): string {
  const name = baseName(first?.path ?? '').replace(/(\.candidates)?\.jsonl?$/i, '');
  return name.replace(/[^A-Za-z0-9_-]+/g, '_') || 'pairs';
}

/** What the pairs of a dataset are made from. */
function filesOf({ path, source }: PairDataset): string[] {
  const { scoredFile } = source;
  const journal = source.from === 'verdicts' ? [source.journal] : [];
  return [path, ...journal, ...(scoredFile === undefined ? [] : [scoredFile])];
}

async function collect(work: Work): Promise<void> {
  const { options, tally } = work;
  const { datasets } = options;
  for (const dataset of datasets) {
    const { path, source, mapped } = dataset;
    // one for all datasets, so its faults end everything
    const scored =
      source.scoredFile === undefined
        ? undefined
        : await openScoredFile(source.scoredFile, {
            path,
            isOneOfSeveral: datasets.length > 1,
            mapped,
          });
    try {
      await addDataset(work, dataset, scored);
    } catch (error) {
      const isOutput = error instanceof AppError && error.code === 'OUTPUT_FAILED';
      if (datasets.length === 1 || isOutput || isCancelled(error) || !(error instanceof AppError)) {
        throw error;
      }
      tally.faults.push({ file: path, error: encodeError(error) });
    } finally {
      await scored?.close();
    }
  }
  tally.badRows = tally.faults.filter(({ line }) => line !== undefined).length;
}

async function addDataset(
  work: Work,
  dataset: PairDataset,
  scored: ScoredRows | undefined,
): Promise<void> {
  const { tally } = work;
  const { path: file, source, mapped } = dataset;
  const chooser = await chooserOf(dataset, scored, work.options);
  if (source.from === 'verdicts') {
    tally.journalFaults.push(
      ...chooser.faults.map((fault) => ({ ...fault, file: source.journal })),
    );
  }
  try {
    const { signal, onRow } = work.watch;
    for await (const row of readCandidateFile(file, 'safe', signal, mapped)) {
      throwIfAborted(signal);
      tally.readRows += 1;
      onRow?.(tally.readRows);
      if (!row.ok) {
        tally.faults.push({ file, line: row.line, error: row.error });
        continue;
      }
      const { pairs, ...others } = await chooser.choose(row.sample);
      tally.disputed += others.disputed;
      tally.stale += others.stale;
      tally.outdated += others.outdated;
      tally.unscored += others.unscored;
      tally.staleAnswers += others.staleAnswers;
      tally.tied += others.tied;
      if (pairs.length > 0) {
        await addSample(work, dataset, row.sample, pairs);
      }
    }
  } finally {
    await chooser.close();
  }
}

async function chooserOf(
  { path, source, mapped }: PairDataset,
  scored: ScoredRows | undefined,
  { policy, ties }: PairRules,
): Promise<PairChooser> {
  if (source.from === 'verdicts') {
    return pairsByVerdicts({ path, mapped }, source.journal, scored, policy, ties);
  }
  if (scored === undefined) {
    throw new AppError('INTERNAL', 'pairs by rewards without scored output');
  }
  return pairsByRewards(scored, policy, ties);
}

async function addSample(
  { options, filter, media, videoForms, output, tally }: Work,
  { path: file, mediaRoot, source }: PairDataset,
  sample: Sample,
  found: readonly PreferencePair[],
): Promise<void> {
  const named = mediaOf(sample).map((name) =>
    filesOfName(name)
      .map((each) => (isAddress(each) ? each : absolutePath(mediaRoot, each)))
      .join('\n'),
  );
  const pairs = found.filter((pair) => {
    const drop = filter.dropOf(pair, named);
    if (drop !== undefined) {
      tally[drop] += 1;
    }
    return drop === undefined;
  });
  const { line, id } = sample;
  const skip = (reason: string): void => void tally.skipped.push({ file, line, id, reason });
  const leaveOut = (reason: string): void => pairs.forEach(() => skip(reason));
  const missing = await media.missing(sample, mediaRoot);
  if (missing !== undefined && media.mode !== 'relative') {
    leaveOut(missing);
    return;
  }
  tally.missingMedia += missing === undefined ? 0 : 1;
  const videos = await media.videosOf(sample, mediaRoot);
  if (!videos.ok) {
    leaveOut(videos.reason);
    return;
  }
  const unfit = videoForms.reasonAgainst(videos.areFrames);
  if (unfit !== undefined) {
    leaveOut(unfit);
    return;
  }
  const format = PAIR_FORMATS[options.format];
  const hasRewards = source.scoredFile !== undefined;
  const asNamed = media.asNamed();
  const isCopied = output !== undefined && media.mode !== 'relative';
  // nothing is copied for what the format can't hold
  const isRefused = isCopied && format.toRows(pairs, { ...asNamed, hasRewards }).rows.length === 0;
  const exported = output === undefined || isRefused ? asNamed : await media.of(sample, mediaRoot);
  if (!exported.ok) {
    leaveOut(exported.reason);
    return;
  }
  const { mediumOf } = exported;
  const { rows, held, reasons } = format.toRows(pairs, { mediumOf, hasRewards });
  reasons.forEach(skip);
  const { testFraction = 0 } = options;
  const isTest = testFraction > 0 && isForTest(sample, testFraction);
  for (const row of rows) {
    await output?.add(row, isTest);
  }
  if (rows.length > 0) {
    videoForms.add(videos.areFrames);
  }
  tally.rows += rows.length;
  tally.pairs += held.length;
  tally.testPairs += isTest ? held.length : 0;
  tally.samples += held.length > 0 ? 1 : 0;
  tally.tiedPairs += held.filter(({ tied }) => tied).length;
  tally.acceptedPairs += held.filter(({ accepted }) => accepted).length;
  tally.editedPairs += held.filter(isEdited).length;
}
