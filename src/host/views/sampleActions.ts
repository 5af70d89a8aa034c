// What both webviews can do with a sample: decide, take back, score, go to its line.

import path from 'node:path';
import * as vscode from 'vscode';
import { AppError, decodeError, encodeError, isCancelled } from '../../base/errors';
import type { VideoFramesAnswer, VideoFramesParams } from '../../protocol/engineProtocol';
import type { FromWebview, RecordBody, ToWebview } from '../../protocol/reviewProtocol';
import type { HiddenValue } from '../../sample/queueQuery';
import type { EntryBody, JournalEntry } from '../../sample/verdict';
import { showEngineMenu, showMoreMenu } from '../commands/menus';
import { moveJournal } from '../commands/moveJournal';
import { COMMANDS } from '../ids';
import { describeError } from '../messages';
import type { Services } from '../services';
import type { OpenDataset } from '../sessions';
import type { Viewer } from '../sessionScoring';
import { setMode } from '../commands/setMode';
import { forgetSaved, keepDraft } from './pageDrafts';
import { journalBody, namedCandidate } from './shownAnswers';
import { goToLine, reveal } from './revealing';
import type { SamplePosts } from './samplePosts';
import { shownSample, type ShownSample } from './sampleViews';
import type { Explaining } from './explaining';
import type { TextScoring } from './textScoring';

const { t } = vscode.l10n;

export interface ActionContext {
  readonly services: Services;
  /** identifies the webview to the scoring */
  readonly viewer: Viewer;
  /** scores what is being written in this webview */
  readonly texts: TextScoring;
  /** runs the checks that this webview asks for */
  readonly explaining: Explaining;
  post(message: ToWebview): void;
  /** tells of the sample that is shown */
  readonly posts: SamplePosts;
  /** @returns `undefined` when there is no such sample, or not any more */
  find(key: string): Promise<ShownSample | undefined>;
  /** the dataset that the menus are about */
  current(): OpenDataset | undefined;
  /** all that are shown */
  datasets(): readonly OpenDataset[];
  /** shows a sample of one of them */
  reveal(dataset: OpenDataset, line: number): Promise<void>;
  /** makes a candidate file for what the panel follows; absent in the editor */
  pasteAnswers?(): Promise<void>;
  /** hidden values that decide what the queue shows; absent where there is none */
  filteredBy?(): readonly HiddenValue[];
  /** of the queue; absent where there is none */
  choose?(what: 'filter' | 'sort' | 'goToRow'): Promise<void>;
}

/** Handles a message. @returns false when it is not about a sample or a menu */
export async function handleSampleMessage(
  context: ActionContext,
  message: FromWebview,
): Promise<boolean> {
  switch (message.type) {
    case 'record':
      await record(context, message.key, message.body);
      return true;
    case 'draft':
    case 'noteDraft':
    case 'answerDraft':
      await keepDraft(context.services.drafts, message);
      return true;
    case 'undoChange':
      await undoChange(context, message);
      return true;
    case 'scoreText':
    case 'cancelText':
      await context.texts.receive(context, message);
      return true;
    case 'explain':
    case 'cancelExplain':
      await context.explaining.receive(context, message);
      return true;
    case 'undo':
    case 'redo':
      await takeBack(context, message.type);
      return true;
    case 'saveElsewhere':
      await saveElsewhere(context, message.key);
      return true;
    case 'setMode':
      await setMode(context.services.presentations, context.current()?.path, message, (text) =>
        context.post({ type: 'say', text }),
      );
      return true;
    case 'reveal':
      await withSample(context, message.key, (shown) => reveal(context, shown));
      return true;
    case 'goToLine':
      await withSample(context, message.key, (shown) => goToLine(context, shown));
      return true;
    case 'scoreAgain':
      await withSample(context, message.key, ({ dataset: { scoring }, revised }) =>
        scoring.again(context.viewer, revised),
      );
      return true;
    case 'cancelScoring':
      await withSample(context, message.key, ({ dataset: { scoring }, sample }) =>
        scoring.cancel(sample.line),
      );
      return true;
    case 'frames':
      await withSample(context, message.key, (shown) =>
        sendFrames(context, shown, message.key, message.media),
      );
      return true;
    case 'copy':
      await vscode.env.clipboard.writeText(message.text);
      context.post({ type: 'say', text: t('Copied.') });
      return true;
    case 'notice':
      await context.services.notices.act(message.id, message.action, context.datasets(), () =>
        context.services.log.show(),
      );
      return true;
    case 'command':
      await runCommand(context, message.command);
      return true;
    default:
      return false;
  }
}

async function withSample(
  context: ActionContext,
  key: string,
  act: (shown: ShownSample) => Promise<void> | void,
): Promise<void> {
  const shown = await context.find(key);
  if (shown !== undefined) {
    await act(shown);
  }
}

/** Tells the webview which frames of a video the model sees. */
async function sendFrames(
  context: ActionContext,
  { dataset, sample }: ShownSample,
  key: string,
  media: number,
): Promise<void> {
  const video = sample.videos[media - sample.images.length];
  if (video === undefined) {
    return;
  }
  try {
    requireTrust();
    const { mediaRoot } = dataset.settings();
    const { facts, jpegs } = await videoFrames(context, { mediaRoot, path: video }, key);
    const frames = jpegs.map((jpeg, n) => ({
      seconds: facts.seconds[n] ?? 0,
      src: `data:image/jpeg;base64,${jpeg}`,
    }));
    const { framesPerSecond, isList } = facts;
    context.post({
      type: 'frames',
      key,
      media,
      frames: {
        state: 'shown',
        ...{ framesPerSecond, frames },
        ...(isList === undefined ? {} : { isList }),
      },
    });
  } catch (error) {
    if (isCancelled(error)) {
      return; // another sample is shown
    }
    const text = describeError(encodeError(error));
    context.post({ type: 'frames', key, media, frames: { state: 'fault', text } });
  }
}

/** Without ffmpeg the view itself decodes the video. Throws as the engine does, and `CANCELLED`. */
async function videoFrames(
  { services: { engine }, viewer }: ActionContext,
  params: VideoFramesParams,
  key: string,
): Promise<VideoFramesAnswer> {
  try {
    return await engine.videoFrames(params);
  } catch (error) {
    const fault = encodeError(error);
    if (fault.code !== 'FFMPEG_NOT_FOUND' || viewer.decoder === undefined) {
      throw error;
    }
    const videos = { root: params.mediaRoot, names: [params.path] };
    const refused = await engine.fallback.decode(fault, videos, viewer.decoder, key);
    if (refused !== undefined) {
      throw decodeError(refused);
    }
    return engine.videoFrames(params);
  }
}

/** @throws AppError why it is not saved; nothing has changed then */
async function record(context: ActionContext, key: string, body: RecordBody): Promise<void> {
  requireTrust();
  const shown = await requireSample(context, key);
  const { dataset, row, sample } = shown;
  const entry = toEntryBody(context, shown, body);
  await dataset.session.record(sample, entry);
  const last = dataset.session.revised(sample).sample.candidates.length - 1;
  await afterWriting(context, forgetSaved(context.services.drafts, key, entry, last));
  if (entry.kind !== 'edit' && entry.kind !== 'add') {
    // a page that knows that it is saved also shows what was hidden until then
    await afterWriting(context, context.posts.verdict(shownSample(dataset, row, sample)));
  }
}

/** @throws AppError when it does not fit the sample */
function toEntryBody(
  context: ActionContext,
  { dataset, sample, revised }: ShownSample,
  body: RecordBody,
): EntryBody {
  const count = revised.sample.candidates.length;
  const entry = journalBody(body, count, dataset.session.person);
  if (entry.kind !== 'rank' || !entry.blind) {
    return entry;
  }
  if (context.services.presentations.isSeen(dataset, sample)) {
    return { ...entry, blind: false };
  }
  const hidden = context.filteredBy?.() ?? [];
  return hidden.length === 0 ? entry : { ...entry, filteredBy: hidden };
}

/** @throws AppError why nothing was taken back */
async function undoChange(
  context: ActionContext,
  message: Extract<FromWebview, { type: 'undoChange' }>,
): Promise<void> {
  requireTrust();
  const { dataset, sample, revised } = await requireSample(context, message.key);
  const candidate = namedCandidate(message, revised.sample.candidates.length);
  const entry = await dataset.session.undoChange(sample, candidate);
  context.post({
    type: 'say',
    text: entry === undefined ? t('Nothing to undo.') : undoneWords(entry),
  });
}

function undoneWords(entry: JournalEntry): string {
  return t('Undone: {0}.', t('{0} of {1}', entryName(entry), entry.id));
}

/** The journal is written: what fails now is no reason to write it again. */
async function afterWriting(
  { services: { log } }: ActionContext,
  task: Promise<void>,
): Promise<void> {
  await task.catch((error: unknown) => {
    log.log('error', 'after saving', { ...encodeError(error) });
  });
}

function requireTrust(): void {
  if (!vscode.workspace.isTrusted) {
    throw new AppError('UNTRUSTED', 'this workspace is not trusted');
  }
}

async function requireSample(context: ActionContext, key: string): Promise<ShownSample> {
  const shown = await context.find(key);
  if (shown === undefined) {
    throw new AppError('INTERNAL', t('The dataset has changed. Decide once more.'));
  }
  return shown;
}

/** @param key of the sample that could not be saved; without it the current dataset is meant */
async function saveElsewhere(context: ActionContext, key: string | undefined): Promise<void> {
  const dataset =
    key === undefined ? context.current() : (await requireSample(context, key)).dataset;
  if (dataset !== undefined) {
    await moveJournal(context.services, dataset);
  }
}

/** @throws AppError why nothing was taken back */
async function takeBack(context: ActionContext, what: 'undo' | 'redo'): Promise<void> {
  requireTrust();
  const dataset = lastDecidedIn(context.datasets(), what);
  const entry = await dataset?.session[what]();
  if (dataset === undefined || entry === undefined) {
    const nothing = what === 'undo' ? t('Nothing to undo.') : t('Nothing to redo.');
    context.post({ type: 'say', text: nothing });
    return;
  }
  const line = dataset.session.lineOf(entry);
  await afterWriting(
    context,
    line === undefined ? Promise.resolve() : context.reveal(dataset, line),
  );
  const text =
    what === 'undo'
      ? undoneWords(entry)
      : t('Redone: {0}.', t('{0} of {1}', entryName(entry), entry.id));
  context.post({ type: 'say', text });
}

/** The dataset with the person's last action; for a redo, with the last undo that nothing followed. */
function lastDecidedIn(
  datasets: readonly OpenDataset[],
  what: 'undo' | 'redo',
): OpenDataset | undefined {
  const timeOf = ({ session }: OpenDataset, which: 'undo' | 'redo'): number =>
    session.timeToTakeBack(which) ?? -Infinity;
  const [last] = [...datasets].sort((a, b) => timeOf(b, what) - timeOf(a, what));
  const isFollowed =
    what === 'redo' &&
    last !== undefined &&
    datasets.some((other) => other !== last && timeOf(other, 'undo') > timeOf(last, 'redo'));
  return isFollowed ? undefined : last;
}

function entryName({ kind }: JournalEntry): string {
  switch (kind) {
    case 'rank':
      return t('ranks');
    case 'allBad':
      return t('“all bad”');
    case 'skip':
      return t('skip');
    case 'flag':
      return t('flag');
    case 'note':
      return t('note');
    case 'edit':
      return t('edit');
    case 'add':
      return t('added answer');
    case 'undo':
      return t('undo');
  }
}

type MenuCommand = Extract<FromWebview, { type: 'command' }>['command'];

async function runCommand(context: ActionContext, command: MenuCommand): Promise<void> {
  const dataset = context.current();
  const uri = dataset === undefined ? undefined : vscode.Uri.file(dataset.path);
  switch (command) {
    case 'export':
      await vscode.commands.executeCommand(COMMANDS.exportPairs, uri);
      break;
    case 'statistics':
      await vscode.commands.executeCommand(COMMANDS.openStatistics, uri);
      break;
    case 'engineMenu':
      await showEngineMenu(context.services);
      break;
    case 'more':
      await showMoreMenu(dataset, (what) => context.post({ type: 'takeBack', what }));
      break;
    case 'filter':
    case 'sort':
    case 'goToRow':
      await context.choose?.(command);
      break;
    case 'pasteAnswers':
      await context.pasteAnswers?.();
      break;
    case 'openWithMapping':
      await vscode.commands.executeCommand(COMMANDS.openWithMapping, uri);
      break;
    case 'showLog':
      context.services.log.show();
      break;
    case 'openDataset':
      await vscode.commands.executeCommand(COMMANDS.openReview);
      break;
    case 'openSamples':
      await vscode.commands.executeCommand(COMMANDS.openSamples);
      break;
  }
}

/** Name of the dataset's file, for titles. */
export function datasetName(dataset: OpenDataset): string {
  return path.basename(dataset.path);
}
