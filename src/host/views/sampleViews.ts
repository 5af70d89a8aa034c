// Samples as the webview shows them: texts, picture addresses, verdict and rewards.

import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { encodeError } from '../../base/errors';
import type { RowResult } from '../../formats/datasetRow';
import { embeddedLabel, isEmbedded } from '../../node/embeddedMedia';
import { fileSizeBytes, isAddress, resolveMedia } from '../../node/folder';
import type {
  MediaKind,
  MediaView,
  ProgressView,
  RowView,
  SampleView,
} from '../../protocol/reviewProtocol';
import { mediaOf, promptText, type Sample } from '../../sample/sample';
import { bestMargin, standingOf } from '../../sample/standing';
import type { Drafts } from '../drafts';
import { describeError } from '../messages';
import { placeOf, sampleKey } from '../sampleKey';
import type { OpenDataset } from '../sessions';

const MAX_ROW_TEXT = 200;

/** A sample of an open dataset. */
export interface ShownSample {
  readonly dataset: OpenDataset;
  readonly row: number;
  readonly sample: Sample;
}

/** The sample on a line; `undefined` when there is none that can be read. */
export async function sampleAt(
  dataset: OpenDataset,
  line: number,
): Promise<ShownSample | undefined> {
  const row = await dataset.session.dataset.findRow(line);
  const result = row === undefined ? undefined : await dataset.session.dataset.row(row);
  return row === undefined || result?.ok !== true
    ? undefined
    : { dataset, row, sample: result.sample };
}

/** The sample that a webview names; `undefined` when the dataset is closed or says something else. */
export async function findSample(
  dataset: OpenDataset | undefined,
  key: string,
): Promise<ShownSample | undefined> {
  const shown = dataset && (await sampleAt(dataset, placeOf(key).line));
  return shown !== undefined && keyOf(shown) === key ? shown : undefined;
}

/** Names a sample for the webview. */
export function keyOf({ dataset, sample }: ShownSample): string {
  return sampleKey(dataset.path, sample);
}

/** @param toUri makes the address of a file for `src` */
export async function toSampleView(
  shown: ShownSample,
  drafts: Drafts,
  toUri: (file: string) => string,
): Promise<SampleView> {
  const { dataset, row, sample } = shown;
  const { id, line, messages, candidates, domain } = sample;
  const key = keyOf(shown);
  const draft = drafts.ranks.get(key);
  const noteDraft = drafts.notes.get(key);
  return {
    key,
    row,
    id,
    line,
    file: path.basename(dataset.path),
    turns: messages,
    media: await Promise.all(
      mediaOf(sample).map((name, n) =>
        toMediaView(
          dataset.settings().mediaRoot,
          name,
          n < sample.images.length ? 'image' : 'video',
          toUri,
        ),
      ),
    ),
    candidates: candidates.map(({ text, source }) => ({
      text,
      ...(source === undefined ? {} : { source }),
    })),
    ...(domain === undefined ? {} : { domain }),
    verdict: await dataset.session.verdict(row),
    // a page is not trusted: what it left must fit the sample
    ...(draft?.places.length === candidates.length ? { draft } : {}),
    ...(noteDraft === undefined ? {} : { noteDraft }),
    score: dataset.scoring.view(sample),
  };
}

async function toMediaView(
  root: string,
  name: string,
  kind: MediaKind,
  toUri: (file: string) => string,
): Promise<MediaView> {
  if (isEmbedded(name)) {
    return { path: embeddedLabel(name), kind, uri: name };
  }
  try {
    // the address is made from the path as written, so that it lies below the allowed root
    const sizeBytes = await fileSizeBytes(await resolveMedia(root, name));
    return {
      path: name,
      kind,
      uri: toUri(path.resolve(root, name)),
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
    };
  } catch (error) {
    return { path: name, kind, fault: describeError(encodeError(error)) };
  }
}

/** A row of the queue. */
export async function toRowView(
  dataset: OpenDataset,
  row: number,
  result: RowResult,
  toUri: (file: string) => string,
): Promise<RowView> {
  if (!result.ok) {
    const { id, line, error } = result;
    return { row, id, line, text: describeError(error), state: 'broken', flagged: false };
  }
  const { sample } = result;
  const verdict = await dataset.session.verdict(row);
  const rewards = dataset.session.score(sample.line)?.rewards;
  const margin = bestMargin(rewards);
  const first = sample.images[0];
  const { mediaRoot } = dataset.settings();
  const thumbnail =
    first === undefined || isAddress(first) ? undefined : path.resolve(mediaRoot, first);
  return {
    row,
    id: sample.id,
    line: sample.line,
    text: (promptText(sample).split('\n')[0] ?? '').slice(0, MAX_ROW_TEXT),
    ...(thumbnail !== undefined && existsSync(thumbnail) ? { thumbnail: toUri(thumbnail) } : {}),
    ...(first === undefined && sample.videos.length > 0 ? { video: true } : {}),
    state: standingOf(sample, verdict, rewards),
    flagged: verdict.flagged,
    ...(margin === undefined ? {} : { margin }),
  };
}

export function toProgressView({ session }: OpenDataset): ProgressView {
  return session.progress;
}

/** Folders whose pictures a webview of this dataset may show. */
export function mediaRootsOf(dataset: OpenDataset): vscode.Uri[] {
  return [vscode.Uri.file(dataset.settings().mediaRoot)];
}
