// The host without VS Code: services, datasets on disk, and webviews that keep what they are told.

import fs from 'node:fs';
import path from 'node:path';
import type * as vscode from 'vscode';
import { vi } from 'vitest';
import type { Disposable } from '../../../src/base/disposable';
import { Emitter } from '../../../src/base/emitter';
import { silentLogger } from '../../../src/base/logger';
import { Drafts } from '../../../src/host/drafts';
import type { EngineService } from '../../../src/host/engineService';
import { MediaIndex } from '../../../src/host/mediaIndex';
import { Notices } from '../../../src/host/notices';
import { Presentations } from '../../../src/host/presentations';
import type { Services } from '../../../src/host/services';
import { Sessions } from '../../../src/host/sessions';
import { BlobCache } from '../../../src/node/blobCache';
import type { FromWebview, ToWebview } from '../../../src/protocol/reviewProtocol';
import { DatasetImports } from '../../../src/review/datasetImports';
import { IndexCache } from '../../../src/review/indexCache';
import type { SampleScore } from '../../../src/sample/reward';
import type { Scorer, ScoreRequest } from '../../../src/sample/scorer';
import { ScoringRates } from '../../../src/scoring/explain/cost';
import { LengthScorer } from '../../support/fakeScorer';
import { tempFolder } from '../../support/paths';
import { reset, Uri, world } from './fakeVscode';

export function writeRows(file: string, rows: readonly object[]): void {
  fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/** A dataset in a folder of its own. */
export function datasetOf(rows: readonly object[], name = 'd.candidates.jsonl'): string {
  const file = path.join(tempFolder(), name);
  writeRows(file, rows);
  return file;
}

export interface FakeEngine {
  /** what the next request for a scorer gets */
  scorer: Scorer;
  status: EngineService['status'];
  /** rewards of earlier times */
  knownScore: (request: ScoreRequest) => Promise<SampleScore | undefined>;
  readonly onRestart: Emitter<string>;
  readonly onReplaced: Emitter<void>;
  readonly stops: number;
}

export function memento(): vscode.Memento {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: (key: string) => values.get(key) as never,
    update: (key, value) => Promise.resolve(void values.set(key, value)),
  };
}

const started: Sessions[] = [];

/** Closes what the tests have opened, and forgets what they have set. */
export function endHosts(): void {
  for (const sessions of started.splice(0)) {
    sessions.dispose();
  }
  reset();
}

export function startHost(): { services: Services; engine: FakeEngine } {
  const log = { ...silentLogger, show: () => undefined, dispose: () => undefined };
  const engine = {
    scorer: new LengthScorer() as Scorer,
    status: { state: 'stopped' } as EngineService['status'],
    knownScore: (_: ScoreRequest) => Promise.resolve<SampleScore | undefined>(undefined),
    onRestart: new Emitter<string>(),
    onReplaced: new Emitter<void>(),
    stops: 0,
  };
  const service = {
    log,
    onChange: new Emitter<void>(),
    onRestart: engine.onRestart,
    onReplaced: engine.onReplaced,
    devices: { onMismatch: new Emitter<void>() },
    fallback: {},
    rates: new ScoringRates(),
    noiseFloor: 0,
    label: undefined,
    get status() {
      return engine.status;
    },
    scorer: async () => engine.scorer,
    knownScore: (request: ScoreRequest) => engine.knownScore(request),
    showBatch: () => undefined,
    forgetModel: () => undefined,
    forgetHead: () => undefined,
    model: async () => ({}),
    stop: async () => {
      engine.stops += 1;
    },
    view: () => ({ state: 'stopped', text: '' }),
  } as unknown as EngineService;
  const sessions = new Sessions(
    service,
    new IndexCache(new BlobCache(tempFolder(), 1 << 20, () => undefined)),
    new DatasetImports(1e9),
  );
  started.push(sessions);
  const state = memento();
  const drafts = new Drafts(state);
  const services: Services = {
    context: {
      extensionUri: Uri.file('/extension'),
      workspaceState: state,
      globalState: memento(),
    } as never,
    log,
    engine: service,
    drafts,
    presentations: new Presentations(state, drafts, () => false),
    sessions,
    notices: new Notices(service),
    mediaIndex: new MediaIndex(log),
  };
  return { services, engine };
}

type Kind = ToWebview['type'];
type Answer = Extract<ToWebview, { type: 'done' | 'failed' }>;

/** A webview that has loaded its page whenever it is given one. */
export class FakeWebview {
  readonly posted: ToWebview[] = [];
  pages = 0;
  options: vscode.WebviewOptions = {};
  readonly cspSource = 'csp';
  readonly #received = new Emitter<unknown>();
  #requests = 0;

  set html(_: string) {
    this.pages += 1;
    this.#received.fire({ type: 'ready' });
  }

  asWebviewUri(uri: Uri): string {
    return `web:${uri.fsPath}`;
  }

  async postMessage(message: ToWebview): Promise<boolean> {
    this.posted.push(message);
    return true;
  }

  onDidReceiveMessage(listener: (message: unknown) => void): { dispose(): void } {
    return this.#received.on(listener);
  }

  send(message: FromWebview): void {
    this.#received.fire(message);
  }

  /** Sends a request and waits for its answer. */
  async ask(
    message: Omit<Extract<FromWebview, { request: number }>, 'request'> & Record<string, unknown>,
  ): Promise<Answer> {
    this.#requests += 1;
    const request = this.#requests;
    this.#received.fire({ ...message, request });
    return vi.waitFor(() => {
      const answers: readonly Answer[] = [...this.all('done'), ...this.all('failed')];
      const found = answers.find((answer) => answer.request === request);
      if (found === undefined) {
        throw new Error(`no answer to ${message.type}`);
      }
      return found;
    }, 5000);
  }

  all<T extends Kind>(type: T): Extract<ToWebview, { type: T }>[] {
    return this.posted.filter(
      (message): message is Extract<ToWebview, { type: T }> => message.type === type,
    );
  }

  /** The last message of a kind, once there is one that suits. */
  last<T extends Kind>(
    type: T,
    suits: (message: Extract<ToWebview, { type: T }>) => boolean = () => true,
  ): Promise<Extract<ToWebview, { type: T }>> {
    return vi.waitFor(() => {
      const [found] = this.all(type).slice(-1);
      if (found === undefined || !suits(found)) {
        throw new Error(`${type}: ${JSON.stringify(found)}`);
      }
      return found;
    }, 5000);
  }
}

/** A side panel view or an editor's panel around a webview. */
export function fakePanel(): {
  readonly webview: FakeWebview;
  readonly panel: vscode.WebviewPanel & vscode.WebviewView;
  readonly setVisible: (visible: boolean) => void;
  readonly close: () => void;
} {
  const webview = new FakeWebview();
  const disposed = new Emitter<void>();
  const visibility = new Emitter<void>();
  const onVisibility = (listener: () => void): Disposable => visibility.on(listener);
  const state = { visible: true };
  const panel = {
    webview,
    get visible() {
      return state.visible;
    },
    active: true,
    onDidChangeViewState: onVisibility,
    onDidChangeVisibility: onVisibility,
    onDidDispose: (listener: () => void) => disposed.on(listener),
  } as unknown as vscode.WebviewPanel & vscode.WebviewView;
  const setVisible = (visible: boolean): void => {
    state.visible = visible;
    visibility.fire();
  };
  return { webview, panel, setVisible, close: () => disposed.fire() };
}

/** The workspace is the folder of a dataset, which the index finds. */
export function openWorkspace(...files: string[]): void {
  world.folders = [...new Set(files.map((file) => path.dirname(file)))];
  world.datasets = files;
}
