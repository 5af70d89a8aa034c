// Open datasets of the window: one session each, shared by every view that shows it.

import * as vscode from 'vscode';
import { permitFetching } from '../node/fetchedMedia';
import { DisposableStore, toDisposable, type Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { AppError, encodeError } from '../base/errors';
import { fileIdentity } from '../node/folder';
import { Dataset } from '../review/dataset';
import { needsImport, type DatasetImports } from '../review/datasetImports';
import type { IndexCache } from '../review/indexCache';
import { findJournal } from '../review/journalPath';
import { ReviewSession } from '../review/reviewSession';
import { importedCopy } from './datasetImporter';
import type { EngineService } from './engineService';
import { filePattern } from './filePattern';
import { mappedFor } from './mappings';
import { SessionScoring } from './sessionScoring';
import {
  changesEngine,
  changesHead,
  changesScores,
  datasetSettings,
  isFetching,
  sameDataset,
  type DatasetSettings,
} from './settings';

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
  /** as they were when it was opened */
  readonly settings: DatasetSettings;
  readonly opening: Promise<OpenDataset>;
}

/** Watchers are dear; other changes are noticed when the dataset is opened again. */
const MAX_WATCHED = 64;
/** Until then a file watcher that was asked for surely watches. */
export const WATCHING_MS = 2000;

export class Sessions implements vscode.Disposable {
  /** path of a dataset that is to be read anew: views of it must start over */
  readonly onReopen = new Emitter<string>();
  readonly #entries = new Map<string, Entry>();
  readonly #store = new DisposableStore();

  constructor(
    readonly engine: EngineService,
    readonly indexes: IndexCache,
    readonly imports: DatasetImports,
  ) {
    const permit = (): void => permitFetching(isFetching());
    permit();
    this.#store.add(vscode.workspace.onDidGrantWorkspaceTrust(permit));
    this.#store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        permit();
        if (changesScores(event)) {
          engine.forgetModel();
        }
        if (changesHead(event)) {
          engine.forgetHead();
        }
        // what is asked for from now on must meet the new environment
        const ended = changesEngine(event) ? engine.stop() : Promise.resolve();
        if (changesScores(event) || changesHead(event)) {
          void ended.then(() => this.#resetScores());
        }
        this.applySettings();
      }),
    );
    // rewards of different devices are not shown side by side
    this.#store.add(engine.devices.onMismatch.on(() => this.#resetScores()));
    this.#store.add(engine.onReplaced.on(() => this.#resetScores()));
  }

  /** @throws AppError when the file can't be read as a dataset */
  async share(file: string): Promise<DatasetShare> {
    for (;;) {
      if (this.#store.isDisposed) {
        throw new AppError('CANCELLED', 'the window closes');
      }
      const entry = this.#entries.get(file) ?? this.#open(file);
      entry.shares += 1;
      const release = toDisposable(() => {
        entry.shares -= 1;
        if (entry.shares === 0) {
          this.#close(file, entry);
        }
      });
      try {
        const dataset = await entry.opening;
        if (!entry.store.isDisposed) {
          return { dataset, dispose: () => release.dispose() };
        }
      } catch (error) {
        if (!entry.store.isDisposed) {
          release.dispose();
          throw error;
        }
      }
      release.dispose(); // the file changed while it was opened
    }
  }

  /** Reads anew what is open under settings that have changed. */
  applySettings(): void {
    for (const [file, { settings }] of [...this.#entries]) {
      if (!sameDataset(settings, datasetSettings(file))) {
        this.#reopen(file);
      }
    }
  }

  #open(file: string): Entry {
    const store = new DisposableStore();
    const settings = datasetSettings(file);
    const entry: Entry = {
      shares: 0,
      store,
      settings,
      opening: this.#load(file, settings, store),
    };
    this.#entries.set(file, entry);
    return entry;
  }

  async #load(
    file: string,
    { journalFolder, person }: DatasetSettings,
    store: DisposableStore,
  ): Promise<OpenDataset> {
    // watched before they are read: what changes in between is noticed
    this.#watch(file, store, () => this.#reopen(file));
    const before = await stampOf(file);
    const journal = await findJournal(file, journalFolder, await mappedFor(file));
    const dataset = await this.#openRows(file, store);
    const noiseFloor = (): number => this.engine.noiseFloor;
    const options = { dataset, journalPath: journal, person, noiseFloor };
    const session = store.add(await ReviewSession.open(options));
    const reload = (): void => {
      session.reloadJournal().catch((error: unknown) => {
        this.engine.log.log('warn', 'journal not reloaded', { ...encodeError(error) });
      });
    };
    // gone, as after a checkout of a branch without one: nothing is reviewed there
    this.#watch(journal, store, reload).onDidDelete(reload);
    const recheck = async (): Promise<void> => {
      if (!store.isDisposed && (await stampOf(file)) !== before) {
        this.#reopen(file);
      } else if (!store.isDisposed) {
        reload();
      }
    };
    const timer = setTimeout(() => void recheck(), WATCHING_MS);
    store.add(toDisposable(() => clearTimeout(timer)));
    const settings = (): DatasetSettings => datasetSettings(file);
    const isTrusted = (): boolean => vscode.workspace.isTrusted;
    const scoring = store.add(new SessionScoring(session, this.engine, settings, isTrusted));
    this.#loadKnown(scoring);
    return { path: file, session, scoring, settings };
  }

  /** From the file itself, or from a copy that goes with all files that it was made from. */
  async #openRows(file: string, store: DisposableStore): Promise<Dataset> {
    const mapped = await mappedFor(file);
    if (!(await needsImport(file))) {
      return Dataset.open(file, this.indexes, mapped);
    }
    const { rowsFile, sources } = await importedCopy(this.imports, file, mapped);
    for (const source of sources.slice(1, MAX_WATCHED)) {
      this.#watch(source, store, () => this.#reopen(file));
    }
    return Dataset.openCopy(file, rowsFile, this.indexes, mapped !== undefined);
  }

  #watch(file: string, store: DisposableStore, onChange: () => void): vscode.FileSystemWatcher {
    const watcher = store.add(vscode.workspace.createFileSystemWatcher(filePattern(file)));
    watcher.onDidChange(onChange);
    watcher.onDidCreate(onChange);
    return watcher;
  }

  #reopen(file: string): void {
    const entry = this.#entries.get(file);
    if (entry !== undefined) {
      this.#close(file, entry);
      this.onReopen.fire(file);
    }
  }

  #close(file: string, entry: Entry): void {
    if (this.#entries.get(file) === entry) {
      this.#entries.delete(file);
    }
    entry.store.dispose();
  }

  #loadKnown(scoring: SessionScoring): void {
    scoring.loadKnown().catch((error: unknown) => {
      if (!scoring.isClosed) {
        this.engine.log.log('info', 'earlier rewards not loaded', { ...encodeError(error) });
      }
    });
  }

  #resetScores(): void {
    for (const { opening } of this.#entries.values()) {
      // one that can't be opened has no rewards either
      opening.then(
        ({ scoring }) => {
          scoring.reset();
          this.#loadKnown(scoring);
        },
        () => undefined,
      );
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

/** Empty when there is no such file. */
function stampOf(file: string): Promise<string> {
  return fileIdentity(file).catch(() => '');
}
