// Samples as the webview shows them: texts, picture addresses, verdict and rewards.

import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { encodeError } from '../../base/errors';
import type { RowResult } from '../../formats/datasetRow';
import { embeddedLabel, isEmbedded } from '../../node/embeddedMedia';
import { fileVersion, type FileVersion } from '../../node/fileChanges';
import { isAddress, resolveMedia } from '../../node/folder';
import { fetchedFolder, knownFile } from '../../node/fetchedMedia';
import { heldFile, heldFolder, heldLabel, isHeld } from '../../node/heldMedia';
import type { ProgressView, RowView, SampleView } from '../../protocol/reviewProtocol';
import type { MediaKind, MediaView } from '../../protocol/sampleParts';
import type { RevisedSample } from '../../sample/revision';
import { framesOf } from '../../sample/frameList';
import { mediaOf, promptText, type Sample } from '../../sample/sample';
import { rowValues } from '../../review/matchRow';
import { standingOf } from '../../sample/standing';
import { frameNames } from '../../scoring/mediaFiles';
import type { Drafts } from '../drafts';
import { describeError } from '../messages';
import type { Presentation, Presentations } from '../presentations';
import { placeOf, sampleKey } from '../sampleKey';
import type { OpenDataset } from '../sessions';
import {
  shownAnswerDrafts,
  shownCandidates,
  shownDraft,
  shownScore,
  shownVerdict,
} from './shownAnswers';

const { t } = vscode.l10n;

const MAX_ROW_TEXT = 200;

/** A sample of an open dataset. */
export interface ShownSample {
  readonly dataset: OpenDataset;
  readonly row: number;
  /** as it stands in the file; its key and its hash are made from it */
  readonly sample: Sample;
  /** with what the person has edited and added */
  readonly revised: RevisedSample;
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
    : shownSample(dataset, row, result.sample);
}

/** @param sample as it stands in the file */
export function shownSample(dataset: OpenDataset, row: number, sample: Sample): ShownSample {
  return { dataset, row, sample, revised: dataset.session.revised(sample) };
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
export function mediaViews(
  dataset: OpenDataset,
  sample: Sample,
  toUri: (file: string) => string,
): Promise<readonly MediaView[]> {
  const { mediaRoot } = dataset.settings();
  return Promise.all(
    mediaOf(sample).map((name, n) =>
      toMediaView(mediaRoot, name, n < sample.images.length ? 'image' : 'video', toUri),
    ),
  );
}

export function toSampleView(
  shown: ShownSample,
  media: readonly MediaView[],
  drafts: Drafts,
  how: Presentation,
): SampleView {
  const { dataset, row, sample } = shown;
  const { id, line, messages, domain } = sample;
  const key = keyOf(shown);
  const kept = drafts.ranks.get(key);
  const draft = kept && shownDraft(kept, how.order);
  const noteDraft = drafts.notes.get(key);
  return {
    key,
    row,
    id,
    line,
    hasText: dataset.session.dataset.hasText,
    file: path.basename(dataset.path),
    turns: messages,
    media,
    candidates: shownCandidates(shown.revised, how),
    shown: how.order,
    blind: how.blind,
    ...(domain === undefined ? {} : { domain }),
    verdict: shownVerdict(dataset.session.verdictOf(sample), how.order),
    ...(draft === undefined ? {} : { draft }),
    ...(noteDraft === undefined ? {} : { noteDraft }),
    answerDrafts: shownAnswerDrafts(drafts.answers.get(key) ?? [], how.order),
    score: shownScore(dataset.scoring.view(shown.revised), how),
  };
}

async function toMediaView(
  root: string,
  name: string,
  kind: MediaKind,
  toUri: (file: string) => string,
): Promise<MediaView> {
  if (kind === 'image') {
    return toFileView(root, name, kind, toUri);
  }
  try {
    const frames = await frameNames(root, name);
    return frames === undefined
      ? await toFileView(root, name, kind, toUri)
      : await toFramesView(root, name, frames, toUri);
  } catch (error) {
    return { path: name, kind, fault: describeError(encodeError(error)) };
  }
}

/** A video that comes as pictures, in a list or a folder. The first that can't be shown is named. */
async function toFramesView(
  root: string,
  name: string,
  frames: readonly string[],
  toUri: (file: string) => string,
): Promise<MediaView> {
  const views = await Promise.all(frames.map((each) => toFileView(root, each, 'image', toUri)));
  const first = views[0]?.path ?? name;
  const isList = framesOf(name) !== undefined;
  const label =
    isList && frames.length > 1 ? t('{0} and {1} more', first, frames.length - 1) : first;
  const medium = { path: isList ? label : name, kind: 'video' as const };
  const bad = views.find(({ fault }) => fault !== undefined);
  if (bad !== undefined) {
    return { ...medium, fault: bad.fault ?? '' };
  }
  const addresses = views.map(({ uri }) => uri ?? '');
  return { ...medium, uri: addresses[0] ?? '', frames: addresses };
}

async function toFileView(
  root: string,
  name: string,
  kind: MediaKind,
  toUri: (file: string) => string,
): Promise<MediaView> {
  if (isEmbedded(name)) {
    return { path: embeddedLabel(name), kind, uri: name };
  }
  const label = isHeld(name) ? heldLabel(name, kind) : name;
  try {
    const file = await resolveMedia(root, name);
    const version = await fileVersion(file);
    // the address is made from the path as written, so that it lies below the allowed root
    const address = toUri(isAddress(name) ? file : path.resolve(root, name));
    return { path: label, kind, uri: versionUri(address, version), sizeBytes: version.sizeBytes };
  } catch (error) {
    return { path: label, kind, fault: describeError(encodeError(error)) };
  }
}

/** The address of a version of a file: a page that shows the one before loads the new one. */
export function versionUri(uri: string, { modifiedMs }: FileVersion): string {
  return `${uri}?version=${modifiedMs}`;
}

/** A row of the queue. */
export async function toRowView(
  presentations: Presentations,
  dataset: OpenDataset,
  row: number,
  result: RowResult,
  toUri: (file: string) => string,
): Promise<RowView> {
  if (!result.ok) {
    const { id, line, error } = result;
    const text = describeError(error);
    return { row, id, line, text, state: 'broken', flagged: false, values: {} };
  }
  const { sample } = result;
  const verdict = await dataset.session.verdict(row);
  const rewards = dataset.session.scores.get(dataset.session.revised(sample).sample)?.rewards;
  const { noiseFloor } = dataset.session;
  const isHidden = presentations.isHidden(dataset, sample, verdict);
  const first = sample.images[0];
  const thumbnail = first === undefined ? undefined : await thumbnailFile(dataset, first);
  return {
    row,
    id: sample.id,
    line: sample.line,
    text: (promptText(sample).split('\n')[0] ?? '').slice(0, MAX_ROW_TEXT),
    ...(thumbnail !== undefined && existsSync(thumbnail) ? { thumbnail: toUri(thumbnail) } : {}),
    ...(first === undefined && sample.videos.length > 0 ? { video: true } : {}),
    // whether the model agrees is a fact of the rewards
    state: standingOf(verdict, isHidden ? undefined : rewards, noiseFloor),
    flagged: verdict.flagged,
    values: rowValues({ result, verdict, rewards, noiseFloor }, isHidden),
  };
}

/** @returns `undefined` for what is no file */
async function thumbnailFile(dataset: OpenDataset, name: string): Promise<string | undefined> {
  if (isHeld(name)) {
    return heldFile(name).catch(() => undefined); // the sample itself says why
  }
  return isAddress(name) ? knownFile(name) : path.resolve(dataset.settings().mediaRoot, name);
}

export function toProgressView({ session }: OpenDataset): ProgressView {
  return session.progress;
}

/** Folders whose pictures a webview of this dataset may show. */
export function mediaRootsOf(dataset: OpenDataset): vscode.Uri[] {
  const { mediaRoot } = dataset.settings();
  const held = dataset.session.dataset.hasText ? [] : [heldFolder()];
  return [...held, fetchedFolder(), mediaRoot].map((folder) => vscode.Uri.file(folder));
}
