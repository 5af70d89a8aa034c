// A dataset of a million rows and 2 GB: how fast its rows are found beside `wc -l`, and, in a real
// VS Code, how soon the first rows are on screen, how long scrolling leaves rows blank, and how much
// the extension host grows. ROWS changes the number of rows.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { ensureChromium, ensureServer, ROOT, stageExtension } from '../../harness/setup.mjs';
import { CHROMIUM_FLAGS, makeHome, startServer, windowUrl } from '../../harness/vscodeServer.mjs';
import { openFile, webviewFrame, workbenchReady } from '../../harness/workbench.mjs';
import { loadTypeScript } from '../support/bundle.mjs';

const ROWS = Number(process.env.ROWS ?? 1_000_000);
const ROW_BYTES = 2048;
const REPEATS = 3;
const LIMITS = { indexRatio: 0.5, firstRowsMs: 1500, blankMs: 100, hostGrowthMb: 300 };

export async function bench() {
  const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-bench-'));
  try {
    const file = path.join(workspace, 'large.candidates.jsonl');
    writeRows(file);
    const index = await compareIndex(file);
    const screen = await watchScreen(workspace);
    const figures = { ...index, ...screen };
    const rows = [
      row('rows found, share of wc -l', figures.indexRatio, LIMITS.indexRatio, (a, b) => a >= b),
      row('first rows on screen, ms', figures.firstRowsMs, LIMITS.firstRowsMs),
      row('longest blank while scrolling, ms', figures.blankMs, LIMITS.blankMs),
      row('extension host grows by, MB', figures.hostGrowthMb, LIMITS.hostGrowthMb),
    ];
    return { figures, rows };
  } finally {
    fs.rmSync(workspace, { recursive: true, force: true });
  }
}

function row(name, measured, limit, holds = (a, b) => a <= b) {
  return { name, measured: Math.round(100 * measured) / 100, limit, holds: holds(measured, limit) };
}

function writeRows(file) {
  const out = fs.openSync(file, 'w');
  const answer = 'It is a shape that stands on its own, as far as I can see. '.repeat(16);
  for (let start = 0; start < ROWS; start += 1000) {
    const rows = Array.from({ length: Math.min(1000, ROWS - start) }, (_, n) => {
      const id = `r${start + n + 1}`;
      const line = JSON.stringify({
        id,
        prompt: `What is number ${id}?`,
        candidates: [answer, answer],
      });
      return `${line}${' '.repeat(Math.max(0, ROW_BYTES - 1 - line.length))}\n`;
    });
    fs.writeSync(out, rows.join(''));
  }
  fs.closeSync(out);
}

/** In turns, from the page cache. */
async function compareIndex(file) {
  const { Dataset } = await loadTypeScript(path.join(ROOT, 'src/review/dataset.ts'));
  const [ours, theirs] = [[], []];
  spawnSync('wc', ['-l', file]);
  for (let n = 0; n < REPEATS; n += 1) {
    let start = performance.now();
    spawnSync('wc', ['-l', file]);
    theirs.push(performance.now() - start);
    start = performance.now();
    const dataset = await Dataset.open(file);
    await dataset.indexed;
    ours.push(performance.now() - start);
    if (dataset.rowCount !== ROWS) {
      throw new Error(`${dataset.rowCount} rows`);
    }
    await dataset.close();
  }
  const [oursMs, wcMs] = [median(ours), median(theirs)];
  return { oursMs, wcMs, indexRatio: wcMs / oursMs };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Runs in every frame: how long after our script was there the first row had a name. */
function watchFirstRow() {
  const timer = setInterval(() => {
    const id = document.querySelector('.row .id');
    if (id !== null && id.textContent !== '') {
      const script = performance
        .getEntriesByType('resource')
        .find(({ name }) => /webview\.js/.test(name));
      globalThis.firstRowMs = performance.now() - (script?.responseEnd ?? 0);
      clearInterval(timer);
    }
  }, 4);
}

/** Runs in the page: scrolls like a wheel that is turned, and by the bar; looks at every frame. */
async function scrollAbout() {
  const list = document.querySelector('.qlist');
  const height = list.scrollHeight - list.clientHeight;
  let blankSince;
  let blankMs = 0;
  let frames = 0;
  const end = performance.now() + 12_000;
  while (performance.now() < end) {
    // eight screens of turning the wheel, then a jump
    list.scrollTop = frames % 40 === 39 ? Math.random() * height : list.scrollTop + 150;
    frames += 1;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    const { top, bottom } = list.getBoundingClientRect();
    const rows = [...list.querySelectorAll('.row')].filter((each) => {
      const box = each.getBoundingClientRect();
      return box.bottom > top && box.top < bottom;
    });
    const drawn = rows.filter((each) => each.querySelector('.id').textContent !== '').length;
    const isBlank = drawn * 48 < 0.9 * (bottom - top - 48);
    // up to the frame that has rows again
    blankMs = Math.max(blankMs, blankSince === undefined ? 0 : now - blankSince);
    blankSince = isBlank ? (blankSince ?? now) : undefined;
  }
  return { blankMs, frames };
}

function hostOf(home) {
  const { stdout } = spawnSync('ps', ['-axeo', 'pid=,args='], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const pids = stdout
    .split('\n')
    .filter((line) => line.includes('extensionHost'))
    .map((line) => Number(line.trim().split(' ')[0]))
    .filter((pid) => environmentOf(pid).includes(`HOME=${home}\0`));
  return pids[0];
}

function environmentOf(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}

/** Resident memory, and its peak. */
function memoryMb(pid) {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: of('VmRSS'), peak: of('VmHWM') };
}

async function watchScreen(workspace) {
  ensureServer();
  const small = path.join(workspace, 'small.candidates.jsonl');
  fs.writeFileSync(small, '{"id":"s","prompt":"p","candidates":["a","b"]}\n');
  const home = makeHome({ 'rewardlens.scoring.scoreOnOpen': false });
  const server = await startServer(home);
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_FLAGS });
  try {
    const context = await browser.newContext({ viewport: { width: 1460, height: 960 } });
    await context.addInitScript(watchFirstRow);
    const page = await context.newPage();
    await page.goto(windowUrl(server.base, { folder: workspace, extension: stageExtension() }));
    await workbenchReady(page);
    // the extension itself is there before
    await openFile(page, 'small.candidates.jsonl');
    await (await webviewFrame(page, 'editor')).locator('#row-0').waitFor();
    await page.keyboard.press('ControlOrMeta+F4');
    const before = memoryMb(hostOf(home)).now;
    await openFile(page, 'large.candidates.jsonl');
    const frame = await webviewFrame(page, 'editor');
    await frame.locator('#row-0 .id').waitFor();
    const firstRowsMs = await frame.evaluate(() => globalThis.firstRowMs);
    await frame.getByText(`1 / ${ROWS.toLocaleString('en')}`).waitFor({ timeout: 120_000 });
    const { blankMs, frames } = await frame.evaluate(scrollAbout);
    const hostGrowthMb = memoryMb(hostOf(home)).peak - before;
    return { firstRowsMs, blankMs, frames, hostGrowthMb };
  } finally {
    await browser.close();
    await server.stop();
    fs.rmSync(home, { recursive: true, force: true });
  }
}
