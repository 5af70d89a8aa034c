// The user's settings as plain values.

import { userInfo } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { DeviceChoice } from '../sample/device';
import { readRemembered, type RememberedMapping } from '../formats/rememberedMappings';
import { FETCH_VARIABLE } from '../node/fetchedMedia';
import { DEFAULT_SCORE_OPTIONS, type ScoreOptions } from '../sample/scorer';
import { SECTION, SETTINGS } from './ids';

/** Whoever has no name in the system and none in the settings. */
const NAMELESS = 'reviewer';

/** Settings that can differ from dataset to dataset. */
export interface DatasetSettings {
  readonly score: ScoreOptions;
  /** folder that media paths are relative to */
  readonly mediaRoot: string;
  /** `undefined`: beside the dataset */
  readonly journalFolder: string | undefined;
  readonly person: string;
  /** columns of datasets that no known format recognises */
  readonly mappings: readonly RememberedMapping[];
}

/** The model folder that is set, else the environment's, else `bundled`. */
export function modelFolder(bundled: string): string {
  const set = read<string>(undefined, SETTINGS.modelFolder, '');
  const variable = process.env.REWARDLENS_MODEL;
  return set !== '' ? set : variable !== undefined && variable !== '' ? variable : bundled;
}

/** Path of the score head that is set; relative ones start at the workspace. */
export function headFile(): string | undefined {
  const set = read<string>(undefined, SETTINGS.headFile, '');
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return set === '' ? undefined : path.resolve(folder?.uri.fsPath ?? '', set);
}

export function deviceChoice(): DeviceChoice {
  return read<DeviceChoice>(undefined, SETTINGS.device, 'auto');
}

export function scoreOnOpen(): boolean {
  return read(undefined, SETTINGS.scoreOnOpen, true);
}

export function plainKeys(): boolean {
  return read(undefined, SETTINGS.keys, true);
}

/** Screen readers are told where marked words begin and end. */
export function marksAreRead(): boolean {
  return read(undefined, SETTINGS.readMarks, false);
}

/** After a blind verdict the next sample follows at once; else its own rewards appear first. */
export function isAtOnceAfterBlind(): boolean {
  return read<string>(undefined, SETTINGS.afterBlind, 'reveal') === 'next';
}

export function idleStopMs(): number {
  return read(undefined, SETTINGS.idleMinutes, 10) * 60_000;
}

/** Environment of the engine: where ffmpeg is, and room on the disk. A workspace can't set that. */
export function engineEnvironment(): Record<string, string> {
  const ffmpeg = read<string>(undefined, SETTINGS.ffmpegPath, '');
  return {
    REWARDLENS_CACHE_GB: String(read(undefined, SETTINGS.cacheGigabytes, 4)),
    ...(ffmpeg === '' ? {} : { REWARDLENS_FFMPEG: ffmpeg }),
    ...(isFetching() ? { [FETCH_VARIABLE]: '1' } : {}),
  };
}

/** Media that datasets name by addresses of the web are fetched. A workspace can't set that. */
export function isFetching(): boolean {
  return read<boolean>(undefined, SETTINGS.fetchMedia, false) && vscode.workspace.isTrusted;
}

/** True when the engine must start anew to see a change. */
export function changesEngine(event: vscode.ConfigurationChangeEvent): boolean {
  return affects(event, [SETTINGS.ffmpegPath, SETTINGS.cacheGigabytes, SETTINGS.fetchMedia]);
}

/** @param dataset path of the dataset */
export function datasetSettings(dataset: string): DatasetSettings {
  const uri = vscode.Uri.file(dataset);
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? path.dirname(dataset);
  const mediaRoot = read<string>(uri, SETTINGS.mediaRoot, '');
  const journalFolder = read<string>(uri, SETTINGS.journalFolder, '');
  const person = read<string>(uri, SETTINGS.person, '');
  return {
    score: {
      compat: read(uri, SETTINGS.compat, DEFAULT_SCORE_OPTIONS.compat),
      hdNum: read(uri, SETTINGS.hdNum, DEFAULT_SCORE_OPTIONS.hdNum),
      maxLength: read(uri, SETTINGS.maxLength, DEFAULT_SCORE_OPTIONS.maxLength),
      frameLabels: read(uri, SETTINGS.frameLabels, DEFAULT_SCORE_OPTIONS.frameLabels),
    },
    mediaRoot: mediaRoot === '' ? path.dirname(dataset) : path.resolve(folder, mediaRoot),
    journalFolder: journalFolder === '' ? undefined : path.resolve(folder, journalFolder),
    person: person === '' ? userName() : person,
    mappings: readRemembered(columnMappings(dataset)),
  };
}

/** As JSON: people may edit it. @param dataset path of the dataset */
export function columnMappings(dataset: string): unknown {
  return read<unknown>(vscode.Uri.file(dataset), SETTINGS.columnMappings, []);
}

/** The user's name on this machine. In a container the user may have none. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    const { USER = '', USERNAME = '' } = process.env;
    return USER !== '' ? USER : USERNAME !== '' ? USERNAME : NAMELESS;
  }
}

/** True when both read the same rows, media and journal, for the same person. */
export function sameDataset(a: DatasetSettings, b: DatasetSettings): boolean {
  return (
    a.journalFolder === b.journalFolder &&
    a.person === b.person &&
    a.mediaRoot === b.mediaRoot &&
    JSON.stringify(a.mappings) === JSON.stringify(b.mappings)
  );
}

/** True when another score head may be set. */
export function changesHead(event: vscode.ConfigurationChangeEvent): boolean {
  return affects(event, [SETTINGS.headFile]);
}

/** True when a change touches one of the other settings that decide rewards. */
export function changesScores(event: vscode.ConfigurationChangeEvent): boolean {
  return affects(event, [
    SETTINGS.modelFolder,
    SETTINGS.device,
    SETTINGS.compat,
    SETTINGS.hdNum,
    SETTINGS.maxLength,
    SETTINGS.frameLabels,
    SETTINGS.ffmpegPath,
    SETTINGS.mediaRoot,
    SETTINGS.fetchMedia,
  ]);
}

/** True when media may be looked for elsewhere. */
export function changesMedia(event: vscode.ConfigurationChangeEvent): boolean {
  return affects(event, [SETTINGS.mediaRoot, SETTINGS.columnMappings]);
}

function affects(event: vscode.ConfigurationChangeEvent, names: readonly string[]): boolean {
  return names.some((name) => event.affectsConfiguration(`${SECTION}.${name}`));
}

function read<T>(scope: vscode.Uri | undefined, name: string, fallback: T): T {
  return vscode.workspace.getConfiguration(SECTION, scope).get<T>(name) ?? fallback;
}
