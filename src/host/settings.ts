// The user's settings as plain values.

import { userInfo } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { DeviceChoice } from '../sample/device';
import { DEFAULT_SCORE_OPTIONS, type ScoreOptions } from '../sample/scorer';
import { SECTION, SETTINGS } from './ids';

/** Settings that can differ from dataset to dataset. */
export interface DatasetSettings {
  readonly score: ScoreOptions;
  /** folder that media paths are relative to */
  readonly mediaRoot: string;
  /** `undefined`: beside the dataset */
  readonly journalFolder: string | undefined;
  readonly person: string;
}

/** The model folder that is set, else the environment's, else `bundled`. */
export function modelFolder(bundled: string): string {
  const set = read<string>(undefined, SETTINGS.modelFolder, '');
  const variable = process.env.REWARDLENS_MODEL;
  return set !== '' ? set : variable !== undefined && variable !== '' ? variable : bundled;
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

export function idleStopMs(): number {
  return read(undefined, SETTINGS.idleMinutes, 10) * 60_000;
}

/** Environment of the engine: where ffmpeg is. A workspace can't set that. */
export function engineEnvironment(): Record<string, string> {
  const ffmpeg = read<string>(undefined, SETTINGS.ffmpegPath, '');
  return ffmpeg === '' ? {} : { REWARDLENS_FFMPEG: ffmpeg };
}

/** True when the engine must start anew to see a change. */
export function changesEngine(event: vscode.ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(`${SECTION}.${SETTINGS.ffmpegPath}`);
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
    person: person === '' ? userInfo().username : person,
  };
}

/** True when a change touches one of the settings that decide rewards. */
export function changesScores(event: vscode.ConfigurationChangeEvent): boolean {
  return [
    SETTINGS.modelFolder,
    SETTINGS.device,
    SETTINGS.compat,
    SETTINGS.hdNum,
    SETTINGS.maxLength,
    SETTINGS.frameLabels,
    SETTINGS.ffmpegPath,
    SETTINGS.mediaRoot,
  ].some((name) => event.affectsConfiguration(`${SECTION}.${name}`));
}

function read<T>(scope: vscode.Uri | undefined, name: string, fallback: T): T {
  return vscode.workspace.getConfiguration(SECTION, scope).get<T>(name) ?? fallback;
}
