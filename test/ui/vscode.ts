// Fixtures of the UI tests: a server, a window on a workspace of its own, and what it shows.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  chromium,
  expect,
  test as base,
  type BrowserContext,
  type Frame,
  type Page,
} from '@playwright/test';
import { ensureChromium, ensureServer, NODE, ROOT, stageExtension } from '../harness/setup.mjs';
import {
  CHROMIUM_FLAGS,
  makeHome,
  startServer,
  windowUrl,
  writeSettings,
} from '../harness/vscodeServer.mjs';
import { openFile, runCommand, webviewFrame, workbenchReady } from '../harness/workbench.mjs';

/** Rewards by sample id, as the command line computes them. */
export function rewardsByCommand(file: string): Map<string, readonly number[]> {
  const { stdout } = spawnSync(NODE, [path.join(ROOT, 'dist/cli.js'), 'score', file], {
    encoding: 'utf8',
    env: { ...process.env, REWARDLENS_MODEL: '' },
  });
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => {
        const { id, rewards } = JSON.parse(line) as { id: string; rewards: number[] };
        return [id, rewards];
      }),
  );
}

/** A reward as cards show it. */
export function shown(reward: number): string {
  return reward.toFixed(2).replace('-', '\u2212');
}

/** All that pages of VS Code store, but for the cache of what they load. */
const STORED = 'cookies,indexeddb,local_storage,service_workers,cache_storage';

interface Server {
  readonly base: string;
  readonly log: string;
  stop(): Promise<unknown>;
}

function machineSettings(home: string): string {
  return path.join(home, 'data/Machine/settings.json');
}

/** A VS Code window and everything around it. */
export class Window {
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    readonly workspace: string,
    readonly home: string,
  ) {
    // our own pages must not break the content policy or throw
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) {
        this.complaints.push(message.text());
      }
    });
    page.on('pageerror', (error) => {
      if (/\/dist\/(webview|statistics)/.test(error.stack ?? '')) {
        this.complaints.push(error.message);
      }
    });
  }

  static async open(
    context: BrowserContext,
    server: Server,
    home: string,
    workspace: string,
    extension: string,
  ): Promise<Window> {
    const page = await context.newPage();
    // VS Code may ask whether to leave
    page.on('dialog', (dialog) => void dialog.accept());
    const window = new Window(page, context, workspace, home);
    await window.#forget(new URL(server.base).origin);
    await page.goto(
      windowUrl(server.base, {
        folder: workspace,
        ...(extension === '' ? {} : { extension }),
      }),
    );
    await window.#ready();
    return window;
  }

  /** Nothing that another window has stored is left; only what the browser has compiled is. */
  async #forget(origin: string): Promise<void> {
    const session = await this.context.newCDPSession(this.page);
    await session.send('Storage.clearDataForOrigin', { origin, storageTypes: STORED });
    await session.detach();
  }

  async #ready(): Promise<void> {
    await workbenchReady(this.page);
    // the extension is known by now: VS Code opens its files with its editor
    await this.page
      .locator('.activitybar .action-label[aria-label="RewardLens"]')
      .waitFor({ timeout: 60_000 });
  }

  /** Loads the page anew, as after the computer was asleep. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.#ready();
  }

  /** Changes the theme of the open window. VS Code watches the settings of the machine only. */
  setTheme(theme: string): void {
    this.setMachine({ 'workbench.colorTheme': theme });
  }

  /** Changes settings of the machine: these alone, those of before go. */
  setMachine(settings: Readonly<Record<string, unknown>>): void {
    fs.writeFileSync(machineSettings(this.home), JSON.stringify(settings));
  }

  /** Closes it as a person does; its extension host ends with it. */
  async close(): Promise<void> {
    if (!this.page.isClosed()) {
      const closed = this.page.waitForEvent('close', { timeout: 5000 });
      await this.page.close({ runBeforeUnload: true });
      await closed.catch(() => this.page.close());
    }
    for (const pid of this.extensionHostPids()) {
      kill(pid);
    }
    await this.context.clearPermissions();
  }

  command(title: string): Promise<void> {
    return runCommand(this.page, title);
  }

  openFile(name: string): Promise<void> {
    return openFile(this.page, name);
  }

  frame(surface: 'editor' | 'panel' | 'statistics'): Promise<Frame> {
    return webviewFrame(this.page, surface);
  }

  /** Opens a dataset and waits for the rewards of its first sample. */
  async review(name = 'everyday.candidates.jsonl', cards = 4): Promise<Frame> {
    await this.openFile(name);
    const frame = await this.frame('editor');
    await expect(frame.locator('.card .val')).toHaveCount(cards, { timeout: 60_000 });
    return frame;
  }

  /** Opens a picture with the side panel, and waits for rewards. */
  async followPicture(name: string, cards: number): Promise<Frame> {
    await this.openFile(name);
    await this.command('RewardLens: Focus on Responses View');
    const frame = await this.frame('panel');
    await expect(frame.locator('.card .meta b')).toHaveCount(cards, { timeout: 60_000 });
    return frame;
  }

  /** Answers what an export asks before it asks for the file: a row of each list, then no rules. */
  async chooseExport(...rows: readonly string[]): Promise<void> {
    for (const hasText of rows) {
      await this.page.locator('.quick-input-list .monaco-list-row', { hasText }).first().click();
    }
    const title = this.page.locator('.quick-input-title');
    await expect(title).toHaveText('Rules for pairs and files (step 4 of 5)');
    await this.page.keyboard.press('Enter');
    await expect(title).toHaveText('What will be exported (step 5 of 5)');
    await expect(
      this.page.locator('.quick-input-list .monaco-list-row', { hasText: 'pairs from' }),
    ).toHaveCount(1);
    await this.page.keyboard.press('Enter');
  }

  path(name: string): string {
    return path.join(this.workspace, name);
  }

  /** Entries of a journal. */
  journal(dataset = 'everyday.candidates.jsonl'): Record<string, unknown>[] {
    const file = this.path(`${dataset}.review.jsonl`);
    return fs.existsSync(file)
      ? fs
          .readFileSync(file, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>)
      : [];
  }

  /** Waits until the browser has stored a text, so that it survives a reload. */
  async stored(text: string): Promise<void> {
    await expect.poll(() => this.page.evaluate(storedValues), { timeout: 30_000 }).toContain(text);
  }

  /** Process ids of this window's engine. */
  enginePids(): number[] {
    return this.#pidsOf('engine.js');
  }

  /** Process ids of the extension hosts of this home. */
  extensionHostPids(): number[] {
    return this.#pidsOf('--type=extensionHost');
  }

  #pidsOf(argument: string): number[] {
    const { stdout } = spawnSync('ps', ['-axeo', 'pid=,args='], {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
    return stdout
      .split('\n')
      .map((line) => /^\s*(\d+)\s+(.*)$/.exec(line))
      .filter((found) => found?.[2]?.includes(argument))
      .map((found) => Number(found?.[1]))
      .filter((pid) => environmentOf(pid).includes(`HOME=${this.home}\0`));
  }
}

/** Runs in the page: all that VS Code keeps for the workspace. */
async function storedValues(): Promise<string> {
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('storage'));
    });
  const values: string[] = [];
  for (const { name } of await indexedDB.databases()) {
    if (name?.startsWith('vscode-web-state-db-') === true) {
      const database = await done(indexedDB.open(name));
      const store = database.transaction('ItemTable').objectStore('ItemTable');
      values.push(...(await done(store.getAll())).map(String));
      database.close();
    }
  }
  return values.join('\n');
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}

function environmentOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}

export interface WorkbenchOptions {
  readonly settings?: Record<string, unknown>;
  /** a server and a home where nothing was scored yet; by default all tests share one */
  readonly own?: boolean;
  /** a restricted workspace */
  readonly trust?: boolean;
  /** variables of the server */
  readonly env?: Record<string, string>;
}

/** Contents by name. */
type WorkspaceFiles = Readonly<Record<string, string | Uint8Array>>;

interface Home {
  readonly home: string;
  readonly server: Server;
}

/** Starts servers and opens windows; everything ends with the test. */
export class Workbench {
  readonly #ends: (() => Promise<unknown>)[] = [];

  constructor(
    readonly context: BrowserContext,
    readonly extension: string,
    readonly shared: Home,
  ) {}

  /** A copy of the samples, with more files if wanted. */
  workspace(files: WorkspaceFiles = {}): string {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-ws-'));
    fs.cpSync(path.join(ROOT, 'test/fixtures/samples'), folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      fs.writeFileSync(path.join(folder, name), content);
    }
    this.#ends.push(async () => fs.rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  home(settings: Record<string, unknown> = {}): string {
    const home = makeHome(settings);
    this.#ends.push(async () => fs.rmSync(home, { recursive: true, force: true }));
    return home;
  }

  async server(home: string, trust = false, env: Record<string, string> = {}): Promise<Server> {
    const server = await startServer(home, { trust, env });
    this.#ends.push(() => server.stop());
    return server;
  }

  /** @param extension folder of the extension under development; empty for an installed one */
  async window(
    server: Server,
    home: string,
    workspace: string,
    extension = this.extension,
  ): Promise<Window> {
    const window = await Window.open(this.context, server, home, workspace, extension);
    this.#ends.push(() => window.close());
    return window;
  }

  /** The usual case: one window. */
  async start(options: WorkbenchOptions = {}, files: WorkspaceFiles = {}): Promise<Window> {
    const { home, server } = await this.#homeFor(options);
    return this.window(server, home, this.workspace(files));
  }

  async #homeFor({ settings, own, trust, env }: WorkbenchOptions): Promise<Home> {
    if (own === true || trust !== undefined || env !== undefined) {
      const home = this.home(settings);
      return { home, server: await this.server(home, trust, env) };
    }
    writeSettings(this.shared.home, settings ?? {});
    fs.writeFileSync(machineSettings(this.shared.home), '{}');
    return this.shared;
  }

  async end(): Promise<void> {
    for (const end of this.#ends.reverse()) {
      await end();
    }
  }
}

interface WorkerFixtures {
  /** one profile for all windows: VS Code's code is compiled once, which is half of a start */
  readonly profile: BrowserContext;
  readonly extension: string;
  readonly shared: Home;
}

export const test = base.extend<{ workbench: Workbench }, WorkerFixtures>({
  profile: [
    async ({}, use) => {
      ensureServer();
      const profile = await chromium.launchPersistentContext('', {
        executablePath: ensureChromium(),
        args: CHROMIUM_FLAGS,
        viewport: { width: 1460, height: 960 },
      });
      await use(profile);
      await profile.close();
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  extension: [
    async ({}, use) => {
      await use(stageExtension());
    },
    { scope: 'worker' },
  ],
  shared: [
    async ({}, use) => {
      ensureServer();
      const home = makeHome();
      const server = await startServer(home);
      await use({ home, server });
      await server.stop();
      fs.rmSync(home, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  workbench: async ({ profile, extension, shared }, use) => {
    const workbench = new Workbench(profile, extension, shared);
    await use(workbench);
    await workbench.end();
  },
});

export { expect };
