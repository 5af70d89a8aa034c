// As much of VS Code as the host's tests need. Use: vi.mock('vscode', () => import('./fakeVscode'))

import fs from 'node:fs';
import path from 'node:path';
import { Emitter } from '../../../src/base/emitter';

interface Subscription {
  dispose(): void;
}

/** What a test sets and sees. */
export const world = {
  settings: new Map<string, unknown>(),
  isTrusted: true,
  /** the picture in the active tab */
  activeFile: undefined as string | undefined,
  folders: [] as string[],
  datasets: [] as string[],
  folderChosen: undefined as string | undefined,
  fileChosen: undefined as string | undefined,
  /** a dialog is answered by its first button, not by Cancel */
  agrees: false,
  /** buttons that are pressed wherever they are offered */
  pressed: [] as string[],
  /** what modal dialogs say below their message */
  details: [] as string[],
  /** settings can't be written into a workspace */
  workspaceIsReadOnly: false,
  clipboard: '',
  messages: [] as string[],
  commands: [] as unknown[][],
  /** files in text editors, with the line from 0 */
  opened: [] as [string, number][],
  watched: new Map<string, Emitter<Uri>>(),
  removed: new Map<string, Emitter<Uri>>(),
};

export const events = {
  configuration: new Emitter<{ affectsConfiguration(name: string): boolean }>(),
  trust: new Emitter<void>(),
  tabs: new Emitter<void>(),
};

export function reset(): void {
  world.settings.clear();
  Object.assign(world, {
    isTrusted: true,
    activeFile: undefined,
    folders: [],
    datasets: [],
    folderChosen: undefined,
    fileChosen: undefined,
    agrees: false,
    pressed: [],
    details: [],
    workspaceIsReadOnly: false,
    messages: [],
    commands: [],
    opened: [],
  });
  world.watched.clear();
  world.removed.clear();
}

export function setSetting(name: string, value: unknown): void {
  world.settings.set(name, value);
  events.configuration.fire({
    affectsConfiguration: (affected) => affected === `rewardlens.${name}`,
  });
}

export function grantTrust(): void {
  world.isTrusted = true;
  events.trust.fire();
}

/** A file was written, and the watchers have seen it. */
export function changed(file: string): void {
  world.watched.get(file)?.fire(Uri.file(file));
  world.watched.get(path.join(path.dirname(file), '*'))?.fire(Uri.file(file));
}

/** The file is gone. */
export function removed(file: string): void {
  fs.rmSync(file);
  deletions(file).fire(Uri.file(file));
}

function deletions(file: string): Emitter<Uri> {
  const emitter = world.removed.get(file) ?? new Emitter<Uri>();
  world.removed.set(file, emitter);
  return emitter;
}

export class Uri {
  readonly scheme = 'file';
  private constructor(readonly fsPath: string) {}

  static file(file: string): Uri {
    return new Uri(file);
  }

  static joinPath(base: Uri, ...parts: string[]): Uri {
    return new Uri(path.join(base.fsPath, ...parts));
  }

  get path(): string {
    return this.fsPath;
  }

  toString(): string {
    return `file://${this.fsPath}`;
  }
}

export class Disposable {
  constructor(readonly end: () => void) {}

  static from(...items: { dispose(): void }[]): Disposable {
    return new Disposable(() => items.forEach((item) => item.dispose()));
  }

  dispose(): void {
    this.end();
  }
}

export class RelativePattern {
  constructor(
    readonly base: Uri,
    readonly pattern: string,
  ) {}
}

export class Position {
  constructor(
    readonly line: number,
    readonly character: number,
  ) {}
}

export class Range {
  constructor(
    readonly start: Position,
    readonly end: Position,
  ) {}
}

export class ThemeIcon {
  constructor(readonly id: string) {}
}

export class TabInputText {
  constructor(readonly uri: Uri) {}
}

export class TabInputCustom extends TabInputText {}

export enum ConfigurationTarget {
  Global = 1,
  Workspace = 2,
  WorkspaceFolder = 3,
}

export enum ProgressLocation {
  Notification = 15,
}

export const env = {
  language: 'en',
  clipboard: {
    writeText: async (text: string): Promise<void> => {
      world.clipboard = text;
    },
  },
};

export const l10n = {
  bundle: undefined,
  t: (text: string, ...values: unknown[]): string =>
    text.replace(/\{(\d)\}/g, (_, n: string) => String(values[Number(n)])),
};

export const commands = {
  executeCommand: async (...call: unknown[]): Promise<void> => {
    world.commands.push(call);
  },
};

/** @returns the button that is pressed */
function told(message: string, options: unknown, buttons: readonly string[]): string | undefined {
  world.messages.push(message);
  if (typeof options === 'object' && options !== null && 'detail' in options) {
    world.details.push(String(options.detail));
  }
  return buttons.find((button) => world.pressed.includes(button));
}

export const window = {
  registerWebviewViewProvider: (): Subscription => new Disposable(() => undefined),
  registerCustomEditorProvider: (): Subscription => new Disposable(() => undefined),
  tabGroups: {
    onDidChangeTabs: (listener: () => void): Subscription => events.tabs.on(listener),
    onDidChangeTabGroups: (): Subscription => new Disposable(() => undefined),
    get activeTabGroup(): { activeTab: { input: TabInputText } | undefined } {
      const { activeFile } = world;
      return {
        activeTab:
          activeFile === undefined ? undefined : { input: new TabInputText(Uri.file(activeFile)) },
      };
    },
  },
  showOpenDialog: async (): Promise<Uri[] | undefined> =>
    world.folderChosen === undefined ? undefined : [Uri.file(world.folderChosen)],
  showSaveDialog: async (): Promise<Uri | undefined> =>
    world.fileChosen === undefined ? undefined : Uri.file(world.fileChosen),
  showWarningMessage: async (
    message: string,
    options: unknown,
    ...buttons: string[]
  ): Promise<string | undefined> => {
    const pressed = told(message, options, buttons);
    return world.agrees ? buttons[0] : pressed;
  },
  showTextDocument: async (uri: Uri, { selection }: { selection: Range }): Promise<void> => {
    world.opened.push([uri.fsPath, selection.start.line]);
  },
  showInformationMessage: async (
    message: string,
    ...more: unknown[]
  ): Promise<string | undefined> => {
    const buttons = more.filter((each) => typeof each === 'string');
    return told(message, more[0], buttons);
  },
  withProgress: async <T>(
    _: unknown,
    task: (progress: unknown, token: unknown) => Promise<T>,
  ): Promise<T> => task({ report: () => undefined }, { onCancellationRequested: () => undefined }),
};

interface Configuration {
  get(name: string): unknown;
  update(name: string, value: unknown, target: ConfigurationTarget): Promise<void>;
}

interface Watcher extends Subscription {
  onDidChange(listener: (uri: Uri) => void): Subscription;
  onDidCreate(): Subscription;
  onDidDelete(listener: (uri: Uri) => void): Subscription;
}

const folderOf = (file: string): string | undefined =>
  world.folders.find((folder) => file.startsWith(`${folder}/`));

export const workspace = {
  get isTrusted(): boolean {
    return world.isTrusted;
  },
  get workspaceFolders(): { uri: Uri }[] {
    return world.folders.map((folder) => ({ uri: Uri.file(folder) }));
  },
  onDidGrantWorkspaceTrust: (listener: () => void): Subscription => events.trust.on(listener),
  onDidChangeConfiguration: (
    listener: (event: { affectsConfiguration(name: string): boolean }) => void,
  ): Subscription => events.configuration.on(listener),
  onDidChangeWorkspaceFolders: (): Subscription => new Disposable(() => undefined),
  getWorkspaceFolder: (uri: Uri): { uri: Uri } | undefined => {
    const folder = folderOf(uri.fsPath);
    return folder === undefined ? undefined : { uri: Uri.file(folder) };
  },
  asRelativePath: (file: string): string => file,
  findFiles: async (): Promise<Uri[]> => world.datasets.map((file) => Uri.file(file)),
  getConfiguration: (): Configuration => ({
    get: (name: string) => world.settings.get(name),
    update: async (name: string, value: unknown, target: ConfigurationTarget) => {
      if (target !== ConfigurationTarget.Global && world.workspaceIsReadOnly) {
        throw new Error('read-only');
      }
      setSetting(name, value);
    },
  }),
  createFileSystemWatcher: (pattern: RelativePattern | string): Watcher => {
    const file =
      typeof pattern === 'string' ? pattern : path.join(pattern.base.fsPath, pattern.pattern);
    const emitter = world.watched.get(file) ?? new Emitter<Uri>();
    world.watched.set(file, emitter);
    const subscriptions: Subscription[] = [];
    const on = (listener: (uri: Uri) => void): Subscription => {
      const subscription = emitter.on(listener);
      subscriptions.push(subscription);
      return subscription;
    };
    return {
      onDidChange: on,
      onDidCreate: () => new Disposable(() => undefined),
      onDidDelete: (listener) => deletions(file).on(listener),
      dispose: () => subscriptions.forEach((each) => each.dispose()),
    };
  },
};
