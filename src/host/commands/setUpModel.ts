// "Set Up Model…": a converted folder, a checkpoint on disk, or one from the hub becomes the model
// that scores.

import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../../base/errors';
import { readManifest } from '../../model/manifest';
import type { ConvertParams } from '../../protocol/engineProtocol';
import { SECTION, SETTINGS } from '../ids';
import type { Services } from '../services';
import { askHubToken, hubToken } from './hubToken';
import { withByteProgress } from './byteProgress';

const { t } = vscode.l10n;

type Precision = ConvertParams['precision'];

const DEFAULT_REPO = 'internlm/internlm-xcomposer2d5-7b-reward';

interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** Asks step by step; leaving any question changes nothing. */
export async function setUpModel(services: Services): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    throw new AppError('UNTRUSTED', t('Models are not set up in an untrusted workspace.'));
  }
  switch (await askSource()) {
    case 'converted':
      return useConverted();
    case 'checkpoint': {
      const folder = await askFolder(t('Choose a folder with config.json and the weights'));
      return folder === undefined ? undefined : convertAndUse(services, folder);
    }
    case 'hub': {
      const folder = await download(services);
      return folder === undefined ? undefined : convertAndUse(services, folder);
    }
    case 'token':
      await askHubToken(services.context);
      return;
    case 'bundled':
      return useFolder(undefined);
    case undefined:
      return;
  }
}

async function askSource(): Promise<string | undefined> {
  const choices: Choice<string>[] = [
    {
      value: 'hub',
      label: t('Download from the Hugging Face hub…'),
      detail: t('IXC-2.5-Reward has 16 to 22 GB; it is converted once'),
      iconPath: new vscode.ThemeIcon('cloud-download'),
    },
    {
      value: 'checkpoint',
      label: t('Convert a checkpoint on this machine…'),
      detail: t('A folder with config.json, tokenizer.model and .safetensors or .bin files'),
      iconPath: new vscode.ThemeIcon('gear'),
    },
    {
      value: 'converted',
      label: t('Use a converted model…'),
      detail: t('A folder with rewardlens-model.json'),
      iconPath: new vscode.ThemeIcon('folder'),
    },
    {
      value: 'bundled',
      label: t('Use the bundled model'),
      iconPath: new vscode.ThemeIcon('discard'),
    },
    {
      value: 'token',
      label: t('Set the hub’s access token…'),
      detail: t('Only for models that ask for an account; kept in VS Code’s secret storage'),
      iconPath: new vscode.ThemeIcon('key'),
    },
  ];
  const chosen = await vscode.window.showQuickPick(choices, { title: t('Set Up Model') });
  return chosen?.value;
}

async function useConverted(): Promise<void> {
  const folder = await askFolder(t('Choose a folder made by “rewardlens convert”'));
  if (folder !== undefined) {
    await useFolder(folder);
  }
}

/** The folder is checked before the setting is changed. @param folder `undefined`: the bundled one */
async function useFolder(folder: string | undefined): Promise<void> {
  const manifest = folder === undefined ? undefined : await readManifest(folder);
  await vscode.workspace
    .getConfiguration(SECTION)
    .update(SETTINGS.modelFolder, folder, vscode.ConfigurationTarget.Global);
  if (manifest !== undefined) {
    void vscode.window.showInformationMessage(t('{0} scores now.', manifest.fingerprint));
  }
}

async function askFolder(title: string): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    title,
    openLabel: t('Use This Folder'),
  });
  return chosen?.[0]?.fsPath;
}

/** @returns the folder of the checkpoint */
async function download({ context, engine }: Services): Promise<string | undefined> {
  const answer = await vscode.window.showInputBox({
    title: t('Download a Model'),
    prompt: t('Owner/name on the hub; with @ a branch, tag or commit'),
    value: DEFAULT_REPO,
    validateInput: (value) =>
      parseRepo(value) === undefined ? t('owner/name or owner/name@revision') : undefined,
  });
  const repo = parseRepo(answer ?? '');
  if (repo === undefined) {
    return undefined;
  }
  // a folder for each revision: what was downloaded of another one stays as it is
  const folderName = `${repo.name}@${repo.revision}`.replaceAll('/', '--');
  const outFolder = storage(context, 'checkpoints', folderName);
  const accessToken = await hubToken(context);
  await withByteProgress(t('Downloading {0}', repo.name), (onProgress, signal) =>
    engine.download(
      {
        repo: repo.name,
        revision: repo.revision,
        outFolder,
        ...(accessToken === undefined ? {} : { accessToken }),
        ...(process.env.HF_ENDPOINT === undefined ? {} : { hubUrl: process.env.HF_ENDPOINT }),
      },
      onProgress,
      signal,
    ),
  );
  return outFolder;
}

function parseRepo(text: string): { readonly name: string; readonly revision: string } | undefined {
  const found = /^([\w.-]+\/[\w.-]+)(?:@([\w./-]+))?$/.exec(text.trim());
  const name = found?.[1];
  return name === undefined ? undefined : { name, revision: found?.[2] ?? 'main' };
}

async function convertAndUse(services: Services, checkpointFolder: string): Promise<void> {
  const precision = await askPrecision();
  if (precision === undefined) {
    return;
  }
  const name = `${path.basename(checkpointFolder)}-${precision}`;
  const outFolder = await askOutFolder(storage(services.context, 'models', name), name);
  if (outFolder === undefined) {
    return;
  }
  await withByteProgress(t('Converting to {0}', precision), (onProgress, signal) =>
    services.engine.convert({ checkpointFolder, outFolder, precision }, onProgress, signal),
  );
  await useFolder(outFolder);
}

async function askPrecision(): Promise<Precision | undefined> {
  const memoryGb = Math.round(os.totalmem() / 1e9);
  const choices: Choice<Precision>[] = [
    { value: 'int8', label: 'int8', detail: t('Close to float32; the 7B model takes 8 GB') },
    { value: 'int4', label: 'int4', detail: t('Smallest, least exact; the 7B model takes 5 GB') },
    { value: 'fp16', label: 'fp16', detail: t('16 GB on disk, 31 GB in memory on a CPU') },
    {
      value: 'fp32',
      label: 'fp32',
      detail: t('The checkpoint’s own numbers, computed in float32: the reference'),
    },
  ];
  const chosen = await vscode.window.showQuickPick(choices, {
    title: t('Precision'),
    placeHolder: t('This machine has {0} GB of memory', memoryGb),
  });
  return chosen?.value;
}

async function askOutFolder(usual: string, name: string): Promise<string | undefined> {
  const choices: Choice<boolean>[] = [
    { value: true, label: t('In VS Code’s storage'), detail: usual },
    { value: false, label: t('In another folder…') },
  ];
  const chosen = await vscode.window.showQuickPick(choices, { title: t('Where to Put the Model') });
  if (chosen?.value !== false) {
    return chosen === undefined ? undefined : usual;
  }
  const parent = await askFolder(t('Choose a folder for the model'));
  return parent === undefined ? undefined : path.join(parent, name);
}

function storage(context: vscode.ExtensionContext, ...parts: string[]): string {
  return vscode.Uri.joinPath(context.globalStorageUri, ...parts).fsPath;
}
