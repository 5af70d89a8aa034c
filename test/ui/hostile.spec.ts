// Hostile texts in every field, in every view of the answers: nothing runs, nothing is loaded, and
// everything stays in its place.

import os from 'node:os';
import type { Frame } from '@playwright/test';
import { CANARY, HOST, HOSTILE } from './hostileTexts';
import { expect, test } from './vscode';

const LEAST = 150;
const DATASET = 'hostile.candidates.jsonl';
const HARMLESS = { id: 'harmless', prompt: 'What is it?', candidates: ['A lemon.', 'A pear.'] };

/** Two answers a row; each text is once an answer, a source, and part of a prompt, an id, a domain and a note. */
const ROWS = Array.from({ length: Math.ceil(HOSTILE.length / 2) }, (_, n) => {
  const first = HOSTILE[2 * n] ?? '';
  const second = HOSTILE[(2 * n + 1) % HOSTILE.length] ?? '';
  return {
    id: `${second}\n${first}`,
    messages: [
      { role: 'user', content: second },
      { role: 'assistant', content: first },
      { role: 'user', content: `${first}\n${second}` },
    ],
    domain: `${first} ${second}`,
    candidates: [
      { text: first, source: second },
      { text: second, source: first },
    ],
  };
});

/** A note on each row. */
const JOURNAL = ROWS.map(({ id, messages }, n) => ({
  v: 1,
  uid: `n${n}`,
  at: new Date(n * 1000).toISOString(),
  by: os.userInfo().username,
  id,
  line: n + 2,
  sampleHash: 'of another time',
  kind: 'note',
  text: messages[2]?.content ?? '',
}));

const toLines = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

interface Measured {
  /** pixels that the page is wider than its window */
  readonly overflow: number;
  /** widths of queue, media column, answers and each of the two answers; left edges of the answers */
  readonly widths: readonly number[];
  /** the button that saves can be pressed */
  readonly isDockFree: boolean;
  /** elements that no text may bring */
  readonly strays: readonly string[];
}

function measure(frame: Frame): Promise<Measured> {
  return frame.evaluate(() => {
    const box = (element: Element | null): DOMRect =>
      element?.getBoundingClientRect() ?? new DOMRect();
    const save = document.querySelector('.dock .pri, .cmpdock .pri');
    const { x, y, width, height } = box(save);
    const top = document.elementFromPoint(x + width / 2, y + height / 2);
    const parts = ['.queue', '.media', '.answers, .sides'].map((part) =>
      box(document.querySelector(part)),
    );
    const answers = [...document.querySelectorAll('[data-card]')].map(box);
    return {
      overflow: Math.max(
        document.documentElement.scrollWidth - innerWidth,
        document.body.scrollWidth - innerWidth,
      ),
      widths: [
        ...parts.map((part) => Math.round(part.width)),
        ...answers.flatMap((answer) => [Math.round(answer.left), Math.round(answer.width)]),
      ],
      isDockFree: save?.contains(top) === true,
      strays: [
        ...document.querySelectorAll(
          ':is(.answer, .src, .note, .noteshow, .prompt, .turn, .facts, .id) :is(img, svg, iframe, object, embed, style, link, form, input, video, audio, script, dialog, base, meta, [style], [id], [class*=card])',
        ),
        ...[...document.querySelectorAll('*')].filter((element) =>
          [...element.attributes].some(
            ({ name, value }) =>
              name.startsWith('on') || /^\s*(javascript|vbscript|data:text)/i.test(value),
          ),
        ),
      ].map((element) => element.outerHTML.slice(0, 200)),
    };
  });
}

test('hostile texts run nothing, load nothing and stay in their places', async ({ workbench }) => {
  test.setTimeout(240_000);
  expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(LEAST);
  const window = await workbench.start(
    { settings: { 'rewardlens.scoring.scoreOnOpen': false } },
    {
      [DATASET]: toLines([HARMLESS, ...ROWS]),
      [`${DATASET}.review.jsonl`]: toLines(JOURNAL),
    },
  );
  const { page } = window;
  const requests: string[] = [];
  window.context.on('request', (request) => requests.push(request.url()));
  await window.openFile(DATASET);
  const frame = await window.frame('editor');
  await expect(frame.locator('.answers')).toHaveAttribute('data-line', '1');
  const views = [
    ['rendered', ''],
    ['as written', 'r'],
    ['as written, compared', 'c'],
    ['compared', 'r'],
  ] as const;
  const harmless = new Map<string, Measured>();
  const sees = async (row: number, view: string): Promise<void> => {
    const found = await measure(frame);
    if (row === 0) {
      harmless.set(view, found);
    }
    expect.soft({ row, view, ...found }).toEqual({
      row,
      view,
      overflow: 0,
      widths: harmless.get(view)?.widths,
      isDockFree: true,
      strays: [],
    });
  };
  await frame.locator('[data-card="0"]').focus();
  for (let row = 0; row <= ROWS.length; row += 1) {
    if (row > 0) {
      await page.keyboard.press('j');
      await expect(frame.locator('.answers')).toHaveAttribute('data-line', String(row + 1));
      await expect(frame.locator('.noteshow')).not.toBeEmpty();
    }
    for (const [view, key] of views) {
      if (key !== '') {
        await page.keyboard.press(key);
      }
      const isCompared = view.endsWith('compared');
      await expect(frame.locator(isCompared ? '.pane' : '.card')).toHaveCount(2);
      for (const card of [0, 1]) {
        const drawn = frame.locator(`[data-card="${card}"] .answer > *`);
        await expect(drawn.first(), `${row}, ${view}`).toBeAttached();
      }
      if (isCompared) {
        // words that the other side lacks are marked and counted on both
        await expect(frame.locator('.pane .only')).toHaveCount(2);
      }
      await sees(row, view);
    }
    await page.keyboard.press('Escape');
    await expect(frame.locator('.card')).toHaveCount(2);
  }
  expect(await frame.evaluate((name) => name in globalThis, CANARY)).toBe(false);
  expect(await page.evaluate((name) => name in globalThis, CANARY)).toBe(false);
  expect(requests.filter((url) => url.includes(HOST))).toEqual([]);
  expect(window.complaints).toEqual([]);
});
