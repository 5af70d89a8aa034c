// The statistics page's host side: computed while it is seen, anew when something changes.

import fs from 'node:fs';
import path from 'node:path';
import type * as vscode from 'vscode';
import { afterEach, expect, test, vi } from 'vitest';
import { Emitter } from '../../../src/base/emitter';
import { StatisticsPanel } from '../../../src/host/views/statisticsPanel';
import type { ToStatistics } from '../../../src/protocol/statisticsProtocol';
import { world } from './fakeVscode';
import { datasetOf, endHosts, startHost } from './host';

vi.mock('vscode', () => import('./fakeVscode'));

afterEach(() => {
  endHosts();
});

const ROWS = Array.from({ length: 3 }, (_, n) => ({
  id: `s${n}`,
  prompt: 'p',
  candidates: ['a', 'b'],
  domain: n === 0 ? 'first' : 'other',
}));

/** A panel whose page keeps what it is told. */
class FakePanel {
  visible = true;
  readonly posted: ToStatistics[] = [];
  readonly received = new Emitter<unknown>();
  readonly shown = new Emitter<void>();
  readonly onDidChangeViewState = (listener: () => void) => this.shown.on(listener);
  readonly webview = {
    html: '',
    options: {},
    cspSource: 'csp',
    asWebviewUri: String,
    onDidReceiveMessage: (listener: (raw: unknown) => void) => this.received.on(listener),
    postMessage: async (message: ToStatistics): Promise<boolean> => {
      this.posted.push(message);
      return true;
    },
  };

  get results(): Extract<ToStatistics, { type: 'statistics' }>['statistics'][] {
    return this.posted.flatMap((each) => (each.type === 'statistics' ? [each.statistics] : []));
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    this.shown.fire();
  }
}

async function open(file = datasetOf(ROWS)) {
  const { services } = startHost();
  const panel = new FakePanel();
  const statistics = new StatisticsPanel(services, panel as unknown as vscode.WebviewPanel, file);
  await statistics.open();
  panel.received.fire({ type: 'ready' });
  const { dataset } = await services.sessions.share(file);
  return { panel, statistics, session: dataset.session, file };
}

const rank = {
  kind: 'rank' as const,
  ranks: [[0], [1]],
  unranked: [],
  accepted: false,
  blind: false,
  shown: [0, 1],
  ms: 1,
};

test('statistics follow verdicts; what comes in a burst is computed once', async () => {
  const { panel, session, statistics } = await open();
  await vi.waitFor(() => expect(panel.results).toHaveLength(1), 5000);
  expect(panel.results[0]?.facts).toMatchObject({ samples: 3, reviewed: 0 });
  for (const row of [0, 1]) {
    await session.record(await session.sample(row), rank);
  }
  await vi.waitFor(() => expect(panel.results).toHaveLength(2), 5000);
  expect(panel.results[1]?.facts).toMatchObject({ reviewed: 2, unscored: 2 });
  statistics.dispose();
});

test('nothing is computed while nobody looks; then once', async () => {
  const { panel, session, statistics } = await open();
  await vi.waitFor(() => expect(panel.results).toHaveLength(1), 5000);
  panel.setVisible(false);
  const before = panel.posted.length;
  await session.record(await session.sample(0), rank);
  await session.record(await session.sample(1), rank);
  panel.received.fire({ type: 'computeAgain' });
  await new Promise((resolve) => setTimeout(resolve, 900));
  expect(panel.posted).toHaveLength(before);
  panel.setVisible(true);
  await vi.waitFor(() => expect(panel.results).toHaveLength(2), 5000);
  expect(panel.results[1]?.facts.reviewed).toBe(2);
  statistics.dispose();
});

test('a selection is kept; a page that loads anew is told the last result at once', async () => {
  const { panel, session, statistics } = await open();
  await session.record(await session.sample(0), rank);
  panel.received.fire({ type: 'select', selection: { domains: ['first'] } });
  await vi.waitFor(() => expect(panel.results.at(-1)?.facts.reviewed).toBe(1), 5000);
  expect(panel.results.at(-1)?.selection).toEqual({ domains: ['first'] });
  const count = panel.results.length;
  panel.received.fire({ type: 'ready' });
  expect(panel.results).toHaveLength(count + 1);
  statistics.dispose();
});

test('tables are copied; messages of another shape are refused', async () => {
  const { panel, statistics } = await open();
  panel.received.fire({ type: 'copyTable', csv: 'a,b' });
  await vi.waitFor(() => expect(world.clipboard).toBe('a,b'));
  for (const message of [
    { type: 'copyTable', csv: 7 },
    { type: 'select', selection: { people: 'mira' } },
    { type: 'savePicture', name: 'x', svg: '<svg/>', png: [1] },
    { type: 'delete' },
    null,
  ]) {
    const before = panel.posted.length;
    panel.received.fire(message);
    expect(panel.posted).toHaveLength(before);
  }
  statistics.dispose();
});

test.each(['svg', 'png'])(
  'a picture is written as %s, by the name that was chosen',
  async (kind) => {
    const { panel, statistics, file } = await open();
    const target = path.join(path.dirname(file), `picture.${kind}`);
    world.fileChosen = target;
    const png = Uint8Array.of(1, 2, 3);
    panel.received.fire({ type: 'savePicture', name: 'best-of-n', svg: '<svg/>', png });
    await vi.waitFor(() => expect(fs.existsSync(target)).toBe(true));
    expect([...fs.readFileSync(target)]).toEqual(
      kind === 'png' ? [...png] : [...Buffer.from('<svg/>')],
    );
    await vi.waitFor(() =>
      expect(panel.posted.at(-1)).toMatchObject({ type: 'say', text: `Saved picture.${kind}.` }),
    );
    statistics.dispose();
  },
);

test('a file that is no dataset is told', async () => {
  const file = datasetOf([]);
  fs.writeFileSync(file, 'nothing of that kind');
  const { services } = startHost();
  const panel = new FakePanel();
  const statistics = new StatisticsPanel(services, panel as unknown as vscode.WebviewPanel, file);
  await statistics.open();
  expect(panel.posted.at(-1)).toMatchObject({ type: 'fault', name: path.basename(file) });
  statistics.dispose();
});
