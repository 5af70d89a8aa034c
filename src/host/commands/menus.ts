// The menus behind the model's name and behind "…": native lists, so that they need no markup.

import * as vscode from 'vscode';
import { encodeError } from '../../base/errors';
import { COMMANDS, SECTION, SETTINGS } from '../ids';
import { describeError } from '../messages';
import type { Services } from '../services';
import type { OpenDataset } from '../sessions';
import { openJournal } from './openJournal';

const { t } = vscode.l10n;

interface Item extends vscode.QuickPickItem {
  readonly run?: () => unknown;
}

async function pick(title: string, items: readonly Item[]): Promise<void> {
  const chosen = await vscode.window.showQuickPick(items, { title });
  await chosen?.run?.();
}

/** Model, device, and what can be done about them. */
export async function showEngineMenu({ engine, log }: Services): Promise<void> {
  let detail: string;
  try {
    const { fingerprint, source } = await engine.model();
    detail = t('{0}, made from {1}', fingerprint, source.name);
  } catch (error) {
    detail = describeError(encodeError(error));
  }
  const { state } = engine.status;
  const running = state === 'ready';
  const view = engine.view();
  await pick(t('Scoring'), [
    { label: view.text, detail, iconPath: new vscode.ThemeIcon('beaker') },
    {
      label: t('Set up model…'),
      iconPath: new vscode.ThemeIcon('folder'),
      run: () => vscode.commands.executeCommand(COMMANDS.setUpModel),
    },
    {
      label: t('Choose a device…'),
      ...(view.detail === undefined ? {} : { detail: view.detail.replaceAll('\n', ' ') }),
      iconPath: new vscode.ThemeIcon('server-process'),
      run: () =>
        vscode.commands.executeCommand(
          'workbench.action.openSettings',
          `${SECTION}.${SETTINGS.device}`,
        ),
    },
    ...(running
      ? [
          {
            label: t('Stop the engine'),
            description: t('process {0}; it starts again when needed', engine.pid ?? 0),
            iconPath: new vscode.ThemeIcon('debug-stop'),
            run: () => engine.stop(),
          },
        ]
      : []),
    { label: t('Show log'), iconPath: new vscode.ThemeIcon('output'), run: () => log.show() },
  ]);
}

/** Undo, redo, and what is needed seldom. */
export async function showMoreMenu(
  dataset: OpenDataset | undefined,
  takeBack: (what: 'undo' | 'redo') => void,
): Promise<void> {
  const uri = dataset === undefined ? undefined : vscode.Uri.file(dataset.path);
  const ofDataset: readonly Item[] =
    dataset === undefined
      ? []
      : [
          {
            label: t('Undo'),
            description: 'Z',
            iconPath: new vscode.ThemeIcon('discard'),
            run: () => takeBack('undo'),
          },
          {
            label: t('Redo'),
            description: '⇧Z',
            iconPath: new vscode.ThemeIcon('redo'),
            run: () => takeBack('redo'),
          },
          {
            label: t('Blind on or off'),
            detail: t('Hides sources and rewards until you decide.'),
            iconPath: new vscode.ThemeIcon('eye-closed'),
            run: () => vscode.commands.executeCommand(COMMANDS.toggleBlind, uri),
          },
          {
            label: t('Shuffle on or off'),
            detail: t('Shows the answers of each sample in random order.'),
            iconPath: new vscode.ThemeIcon('arrow-swap'),
            run: () => vscode.commands.executeCommand(COMMANDS.toggleShuffle, uri),
          },
          {
            label: t('Score all samples'),
            iconPath: new vscode.ThemeIcon('run-all'),
            run: () => vscode.commands.executeCommand(COMMANDS.scoreCandidates, uri),
          },
          {
            label: t('Save rewards as…'),
            detail: t('JSON Lines, CSV or parquet'),
            iconPath: new vscode.ThemeIcon('save-as'),
            run: () => vscode.commands.executeCommand(COMMANDS.saveRewards, uri),
          },
          {
            label: t('Export preference pairs…'),
            iconPath: new vscode.ThemeIcon('export'),
            run: () => vscode.commands.executeCommand(COMMANDS.exportPairs, uri),
          },
          {
            label: t('Fit a head on my verdicts…'),
            detail: t('Learns what you prefer, and says first what that is worth'),
            iconPath: new vscode.ThemeIcon('mortar-board'),
            run: () => vscode.commands.executeCommand(COMMANDS.fitHead, uri),
          },
          ...(!dataset.session.dataset.isMapped
            ? []
            : [
                {
                  label: t('Change or forget the columns…'),
                  iconPath: new vscode.ThemeIcon('list-tree'),
                  run: () => vscode.commands.executeCommand(COMMANDS.openWithMapping, uri),
                },
              ]),
          {
            label: t('Open the verdict journal'),
            detail: dataset.session.journalPath,
            iconPath: new vscode.ThemeIcon('book'),
            run: () => openJournal(dataset.session.journalPath),
          },
        ];
  await pick('RewardLens', [
    ...ofDataset,
    {
      label: t('Settings'),
      iconPath: new vscode.ThemeIcon('gear'),
      run: () => vscode.commands.executeCommand('workbench.action.openSettings', `${SECTION}.`),
    },
  ]);
}
