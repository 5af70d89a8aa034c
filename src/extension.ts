// Activation and deactivation: wiring only. Nothing is read and nothing started here.

import * as vscode from 'vscode';
import { encodeError } from './base/errors';
import { registerCommands } from './host/commands/register';
import { ReviewEditorProvider } from './host/documents/reviewEditorProvider';
import { Drafts } from './host/drafts';
import { EngineService } from './host/engineService';
import { createLog } from './host/log';
import { MediaIndex } from './host/mediaIndex';
import { Notices } from './host/notices';
import { Presentations } from './host/presentations';
import type { Services } from './host/services';
import { isAtOnceAfterBlind } from './host/settings';
import { Sessions } from './host/sessions';
import { createStatusItem } from './host/statusItem';
import { SidePanelProvider } from './host/views/sidePanel';
import { StatisticsPanels } from './host/views/statisticsPanels';
import { BlobCache } from './node/blobCache';
import { DatasetImports } from './review/datasetImports';
import { IndexCache } from './review/indexCache';

/** Row indexes of large datasets: 24 bytes per row. */
const INDEX_CACHE_BYTES = 512 * 1024 * 1024;
/** Copies of datasets that can't be read at any place; those that are open stay whatever their size. */
const IMPORT_CACHE_BYTES = 20e9;

let engine: EngineService | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = createLog();
  engine = new EngineService(context, log);
  const indexes = new IndexCache(
    new BlobCache(
      vscode.Uri.joinPath(context.globalStorageUri, 'rows').fsPath,
      INDEX_CACHE_BYTES,
      (error) => log.log('warn', 'row index not kept', { ...encodeError(error) }),
    ),
  );
  const sessions = new Sessions(engine, indexes, new DatasetImports(IMPORT_CACHE_BYTES));
  const notices = new Notices(engine);
  const mediaIndex = new MediaIndex(log);
  const drafts = new Drafts(context.workspaceState);
  const presentations = new Presentations(context.workspaceState, drafts, isAtOnceAfterBlind);
  const services: Services = {
    context,
    log,
    engine,
    drafts,
    presentations,
    sessions,
    notices,
    mediaIndex,
  };
  const editors = new ReviewEditorProvider(services);
  const panel = new SidePanelProvider(services, editors);
  const statistics = new StatisticsPanels(services);
  context.subscriptions.push(
    log,
    engine,
    sessions,
    notices,
    mediaIndex,
    editors.register(),
    panel,
    statistics,
    createStatusItem(engine),
    registerCommands(services, editors, panel, statistics),
  );
}

export async function deactivate(): Promise<void> {
  await engine?.stop();
}
