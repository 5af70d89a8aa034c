// Samples as the webview shows them: texts, picture addresses, verdict and rewards.

import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { encodeError } from '../../base/errors';
import type { RowResult } from '../../formats/candidateRow';
import { resolveMedia } from '../../node/folder';
import type { MediaView, ProgressView, RowView, SampleView } from '../../protocol/reviewProtocol';
import { disagreements, groupsFromRewards, toPlaces } from '../../sample/ranking';
import { mediaOf, promptText, type Sample } from '../../sample/sample';
import type { Verdict } from '../../sample/verdict';
import { describeError } from '../messages';
import type { OpenDataset } from '../sessions';

const MAX_ROW_TEXT = 200;

/** Names a sample for the webview. */
export function sampleKey(dataset: OpenDataset, line: number): string {
  return `${dataset.path}\u0000${line}`;
}

/** @param toUri makes the address of a file for `src` */
export async function toSampleView(
  dataset: OpenDataset,
  row: number,
  sample: Sample,
  toUri: (file: string) => string,
): Promise<SampleView> {
  const { id, line, messages, candidates, domain } = sample;
  return {
    key: sampleKey(dataset, line),
    row,
    id,
    line,
    file: path.basename(dataset.path),
    turns: messages,
    media: await Promise.all(
      mediaOf(sample).map((name) => toMediaView(dataset.settings().mediaRoot, name, toUri)),
    ),
    candidates: candidates.map(({ text, source }) => ({
      text,
      ...(source === undefined ? {} : { source }),
    })),
    ...(domain === undefined ? {} : { domain }),
    verdict: await dataset.session.verdict(row),
    score: dataset.scoring.view(sample),
  };
}

async function toMediaView(
  root: string,
  name: string,
  toUri: (file: string) => string,
): Promise<MediaView> {
  try {
    // the address is made from the path as written, so that it lies below the allowed root
    await resolveMedia(root, name);
    return { path: name, uri: toUri(path.resolve(root, name)) };
  } catch (error) {
    return { path: name, fault: describeError(encodeError(error)) };
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
  const margin = rewards === undefined ? undefined : bestMargin(rewards);
  const first = sample.images[0];
  const { mediaRoot } = dataset.settings();
  const thumbnail = first === undefined ? undefined : path.resolve(mediaRoot, first);
  return {
    row,
    id: sample.id,
    line: sample.line,
    text: (promptText(sample).split('\n')[0] ?? '').slice(0, MAX_ROW_TEXT),
    ...(thumbnail !== undefined && existsSync(thumbnail) ? { thumbnail: toUri(thumbnail) } : {}),
    state: rowState(sample, verdict, rewards),
    flagged: verdict.flagged,
    ...(margin === undefined ? {} : { margin }),
  };
}

function rowState(
  sample: Sample,
  { decision, stale }: Verdict,
  rewards: readonly (number | null)[] | undefined,
): RowView['state'] {
  if (decision?.kind === 'skip') {
    return 'skipped';
  }
  if (decision !== undefined && !stale) {
    return decision.kind === 'rank' && differs(sample, decision.ranks, rewards)
      ? 'differs'
      : 'reviewed';
  }
  return rewards?.every((reward) => reward === null) === true ? 'noReward' : 'todo';
}

function differs(
  sample: Sample,
  ranks: readonly (readonly number[])[],
  rewards: readonly (number | null)[] | undefined,
): boolean {
  if (rewards === undefined) {
    return false;
  }
  const count = sample.candidates.length;
  const own = toPlaces(ranks, count);
  return disagreements(own, toPlaces(groupsFromRewards(rewards), count)).length > 0;
}

function bestMargin(rewards: readonly (number | null)[]): number | undefined {
  const [best, second] = rewards.filter((reward) => reward !== null).sort((a, b) => b - a);
  return best === undefined || second === undefined ? undefined : best - second;
}

export function toProgressView({ session }: OpenDataset): ProgressView {
  const { reviewed, skipped, total } = session.progress;
  return { reviewed, skipped, flagged: session.journal.flaggedBy(session.person), total };
}

/** Folders whose pictures a webview of this dataset may show. */
export function mediaRootsOf(dataset: OpenDataset): vscode.Uri[] {
  return [vscode.Uri.file(dataset.settings().mediaRoot)];
}
