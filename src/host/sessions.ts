// Open datasets of the window: one session each, shared by every view that shows it.

import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore, toDisposable, type Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { encodeError } from '../base/errors';
import { Dataset } from '../review/dataset';
import { journalPath } from '../review/journalPath';
import { ReviewSession } from '../review/reviewSession';
import type { EngineService } from './engineService';
import { SessionScoring } from './sessionScoring';
import { changesEngine, changesScores, datasetSettings, type DatasetSettings } from './settings';

/** A dataset that is open, with everything that is done to it. */
export interface OpenDataset {
  readonly path: string;
  readonly session: ReviewSession;
  readonly scoring: SessionScoring;
  settings(): DatasetSettings;
}

/** A share of an open dataset. The last one to be disposed closes it. */
export interface DatasetShare extends Disposable {
  readonly dataset: OpenDataset;
}

interface Entry {
  shares: number;
  readonly store: DisposableStore;
  readonly opening: Promise<OpenDataset>;
}

export class Sessions implements vscode.Disposable {
  /** path of a dataset that changed on disk: views of it must start over */
  readonly onReopen = new Emitter<string>();
  readonly #entries = new Map<string, Entry>();
  readonly #store = new DisposableStore();

  constructor(readonly engine: EngineService) {
    this.#store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (changesScores(event)) {
          engine.forgetModel();
          // what is asked for from now on must meet the new environment
          const ended = changesEngine(event) ? engine.stop() : Promise.resolve();
          void ended.then(() => this.#resetScores());
        }
      }),
    );
    // rewards of different devices are not shown side by side
    this.#store.add(engine.devices.onMismatch.on(() => void this.#resetScores()));
  }

  /** @throws AppError when the file can't be read as a dataset */
  async share(file: string): Promise<DatasetShare> {
    const entry = this.#entries.get(file) ?? this.#open(file);
    entry.shares += 1;
    const release = toDisposable(() => {
      entry.shares -= 1;
      if (entry.shares === 0) {
        this.#close(file, entry);
      }
    });
    try {
      return { dataset: await entry.opening, dispose: () => release.dispose() };
    } catch (error) {
      release.dispose();
      throw error;
    }
  }

  #open(file: string): Entry {
    const store = new DisposableStore();
    const entry: Entry = { shares: 0, store, opening: this.#load(file, store) };
    this.#entries.set(file, entry);
    return entry;
  }

  async #load(file: string, store: DisposableStore): Promise<OpenDataset> {
    const settings = (): DatasetSettings => datasetSettings(file);
    const { journalFolder, person } = settings();
    const dataset = await Dataset.open(file);
    const session = store.add(
      await ReviewSession.open({ dataset, journalPath: journalPath(file, journalFolder), person }),
    );
    const scoring = new SessionScoring(
      session,
      this.engine,
      settings,
      () => vscode.workspace.isTrusted,
    );
    this.#watch(file, store, () => {
      const entry = this.#entries.get(file);
      if (entry !== undefined) {
        this.#close(file, entry);
        this.onReopen.fire(file);
      }
    });
    this.#watch(session.journalPath, store, () => {
      session.reloadJournal().catch((error: unknown) => {
        this.engine.log.log('warn', 'journal not reloaded', { ...encodeError(error) });
      });
    });
    return { path: file, session, scoring, settings };
  }

  #watch(file: string, store: DisposableStore, onChange: () => void): void {
    const pattern = new vscode.RelativePattern(
      vscode.Uri.file(path.dirname(file)),
      path.basename(file),
    );
    const watcher = store.add(vscode.workspace.createFileSystemWatcher(pattern));
    watcher.onDidChange(onChange);
    watcher.onDidCreate(onChange);
  }

  #close(file: string, entry: Entry): void {
    if (this.#entries.get(file) === entry) {
      this.#entries.delete(file);
    }
    entry.store.dispose();
  }

  async #resetScores(): Promise<void> {
    for (const entry of this.#entries.values()) {
      (await entry.opening).scoring.reset();
    }
  }

  dispose(): void {
    this.#store.dispose();
    for (const [file, entry] of [...this.#entries]) {
      this.#close(file, entry);
    }
    this.onReopen.dispose();
  }
}
