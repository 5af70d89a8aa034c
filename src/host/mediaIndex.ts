// Which samples of the workspace use a picture or a video.

import path from 'node:path';
import * as vscode from 'vscode';
import { Emitter } from '../base/emitter';
import { encodeError } from '../base/errors';
import { readCandidateFile } from '../formats/readCandidateFile';
import { isAddress } from '../node/folder';
import { filesOfName } from '../sample/frameList';
import { mediaOf } from '../sample/sample';
import { CANDIDATE_SUFFIX } from './ids';
import type { Log } from './log';
import { mappedFor } from './mappings';
import { changesMedia, datasetSettings } from './settings';

export interface MediaUse {
  readonly dataset: string;
  readonly line: number;
}

/** What was found, and what was not looked through. */
export interface MediaUses {
  /** in order of dataset and line */
  readonly uses: readonly MediaUse[];
  /** datasets that could not be read; they are tried again the next time */
  readonly unread: readonly string[];
  /** there are more candidate files than {@link MAX_FILES} */
  readonly isCut: boolean;
}

/** Lines of one dataset by the absolute path of what they use: no texts, as datasets may be large. */
type DatasetIndex = ReadonlyMap<string, readonly number[]>;

const EXCLUDED = '**/{node_modules,.git}/**';
/** Candidate files of a workspace that are looked through. */
export const MAX_FILES = 2000;

/** Indexes candidate files when first asked, and again when one of them changes. */
export class MediaIndex implements vscode.Disposable {
  /** the uses of some file may have changed */
  readonly onChange = new Emitter<void>();
  readonly #indexes = new Map<string, Promise<DatasetIndex>>();
  #files: Promise<readonly string[]> | undefined;
  #watcher: vscode.Disposable | undefined;

  constructor(readonly log: Log) {}

  /** Samples that use a file. */
  async usesOf(file: string): Promise<MediaUses> {
    this.#watch();
    const uses: MediaUse[] = [];
    const unread: string[] = [];
    const all = await this.#allFiles();
    for (const dataset of all.slice(0, MAX_FILES)) {
      const index = await this.#indexOf(dataset).catch((error: unknown) => {
        this.log.log('warn', 'candidate file not indexed', { ...encodeError(error) });
        unread.push(dataset);
        return undefined;
      });
      for (const line of index?.get(file) ?? []) {
        uses.push({ dataset, line });
      }
    }
    return { uses, unread, isCut: all.length > MAX_FILES };
  }

  /** Searches again: a candidate file was made, and watchers may be slow to see it. */
  forget(): void {
    this.#indexes.clear();
    this.#files = undefined;
    this.onChange.fire();
  }

  #allFiles(): Promise<readonly string[]> {
    this.#files ??= this.#find().catch((error: unknown) => {
      this.#files = undefined; // the next time may be better
      throw error;
    });
    return this.#files;
  }

  #indexOf(dataset: string): Promise<DatasetIndex> {
    const known = this.#indexes.get(dataset);
    const index =
      known ??
      this.#read(dataset).catch((error: unknown) => {
        this.#indexes.delete(dataset);
        throw error;
      });
    this.#indexes.set(dataset, index);
    return index;
  }

  async #find(): Promise<readonly string[]> {
    const found = await vscode.workspace.findFiles(
      `**/*${CANDIDATE_SUFFIX}`,
      EXCLUDED,
      MAX_FILES + 1,
    );
    return found.map((uri) => uri.fsPath).sort();
  }

  async #read(dataset: string): Promise<DatasetIndex> {
    const index = new Map<string, number[]>();
    const { mediaRoot } = datasetSettings(dataset);
    const mapped = await mappedFor(dataset);
    for await (const row of readCandidateFile(dataset, 'safe', undefined, mapped)) {
      if (!row.ok) {
        continue; // the review editor names bad rows
      }
      const { sample } = row;
      for (const name of new Set(
        mediaOf(sample)
          .flatMap(filesOfName)
          .filter((each) => !isAddress(each)),
      )) {
        const file = path.resolve(mediaRoot, name);
        const lines = index.get(file);
        if (lines === undefined) {
          index.set(file, [sample.line]);
        } else {
          lines.push(sample.line);
        }
      }
    }
    return index;
  }

  #watch(): void {
    if (this.#watcher !== undefined) {
      return;
    }
    const watcher = vscode.workspace.createFileSystemWatcher(`**/*${CANDIDATE_SUFFIX}`);
    const changed = (uri: vscode.Uri): void => {
      this.#indexes.delete(uri.fsPath);
      this.#files = undefined;
      this.onChange.fire();
    };
    const allChanged = (): void => this.forget();
    this.#watcher = vscode.Disposable.from(
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
      vscode.workspace.onDidChangeWorkspaceFolders(allChanged),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (changesMedia(event)) {
          allChanged();
        }
      }),
    );
  }

  dispose(): void {
    this.#watcher?.dispose();
    this.onChange.dispose();
  }
}
