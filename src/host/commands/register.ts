// Joins command ids to what they do.

import * as vscode from 'vscode';
import type { ReviewEditorProvider } from '../documents/reviewEditorProvider';
import { COMMANDS } from '../ids';
import { showError } from '../messages';
import type { Mode } from '../presentations';
import type { Services } from '../services';
import type { SidePanelProvider } from '../views/sidePanel';
import type { StatisticsPanels } from '../views/statisticsPanels';
import { addCudaSupport } from './addCudaSupport';
import { copySamples } from './copySamples';
import { exportDatasetPairs } from './exportPairs';
import { fitHeadOnVerdicts } from './fitHead';
import { lineOfCursor } from './openLine';
import { openWithMapping } from './openWithMapping';
import { saveDatasetRewards } from './saveRewards';
import { scoreDataset } from './scoreCandidates';
import { setMode } from './setMode';
import { setUpModel } from './setUpModel';
import { targetDataset } from './targetDataset';

/** How long the status bar tells of a change. */
const TOLD_MS = 5000;

export function registerCommands(
  services: Services,
  editors: ReviewEditorProvider,
  panel: SidePanelProvider,
  statistics: StatisticsPanels,
): vscode.Disposable {
  const showLog = (): void => services.log.show();
  const command = (id: string, run: (uri?: vscode.Uri) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (uri: unknown) => {
      try {
        await run(uri instanceof vscode.Uri ? uri : undefined);
      } catch (error) {
        await showError(error, showLog);
      }
    });
  const withDataset =
    (run: (file: string) => Promise<void>) =>
    async (uri?: vscode.Uri): Promise<void> => {
      const file = await targetDataset(editors, uri);
      if (file !== undefined) {
        await run(file);
      }
    };
  const toggle = (file: string, what: keyof Mode): Promise<void> => {
    const { presentations } = services;
    const change = { [what]: !presentations.mode(file)[what] };
    return setMode(presentations, file, change, (text) => {
      vscode.window.setStatusBarMessage(text, TOLD_MS);
    });
  };
  return vscode.Disposable.from(
    command(
      COMMANDS.openReview,
      withDataset(async (file) => editors.show(file, await lineOfCursor(file))),
    ),
    command(
      COMMANDS.scoreCandidates,
      withDataset(async (file) => {
        await editors.show(file);
        await scoreDataset(services.sessions, file);
      }),
    ),
    command(
      COMMANDS.openWithMapping,
      withDataset((file) => openWithMapping(editors, file)),
    ),
    command(
      COMMANDS.saveRewards,
      withDataset((file) => saveDatasetRewards(services, file)),
    ),
    command(COMMANDS.exportPairs, withDataset(exportDatasetPairs)),
    command(
      COMMANDS.fitHead,
      withDataset((file) => fitHeadOnVerdicts(services, file)),
    ),
    command(
      COMMANDS.openStatistics,
      withDataset((file) => statistics.show(file)),
    ),
    command(COMMANDS.addCudaSupport, () => addCudaSupport(services)),
    command(COMMANDS.showLog, showLog),
    command(COMMANDS.setUpModel, () => setUpModel(services)),
    command(COMMANDS.reviewMedia, async (uri) => {
      if (uri !== undefined) {
        await panel.follow(uri.fsPath);
      }
    }),
    command(COMMANDS.openSamples, async () => {
      await editors.show(await copySamples(services.context));
    }),
    command(
      COMMANDS.toggleBlind,
      withDataset((file) => toggle(file, 'blind')),
    ),
    command(
      COMMANDS.toggleShuffle,
      withDataset((file) => toggle(file, 'shuffle')),
    ),
    command(COMMANDS.pinPanel, () => panel.setPinned(true)),
    command(COMMANDS.unpinPanel, () => panel.setPinned(false)),
  );
}
