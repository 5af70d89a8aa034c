// Datasets that are no text, in the review editor: opened, judged, opened again.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { tarBytes } from '../support/shards';
import { violations } from './axe';
import { expect, rewardsByCommand, shown, test, type Window } from './vscode';

const PICTURE = new Uint8Array(
  fs.readFileSync(path.join(import.meta.dirname, '../fixtures/samples/img/kettle.png')),
);
const QUESTIONS = ['What fruit is this?', 'Which colour has it?', 'Is it a car?'];

function parquet(): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'idx', data: ['p0', 'p1', 'p2'], type: 'STRING' },
        { name: 'image', data: QUESTIONS.map(() => PICTURE), type: 'BYTE_ARRAY' },
        { name: 'question', data: QUESTIONS, type: 'STRING' },
        { name: 'chosen', data: ['A lemon.', 'Yellow.', 'No.'], type: 'STRING' },
        { name: 'rejected', data: ['A brick.', 'Blue.', 'Yes, it is.'], type: 'STRING' },
      ],
    }),
  );
}

/** As any other editor of a file that has one already. */
async function openReview(window: Window, name: string): Promise<void> {
  await window.openFile(name);
  await window.command('View: Reopen Editor With...');
  const rows = window.page.locator('.quick-input-list .monaco-list-row');
  await rows.filter({ hasText: 'Response Review' }).first().click();
}

test('a parquet file: pictures, the rewards of the command line, a verdict beside the file', async ({
  workbench,
}) => {
  const window = await workbench.start({}, { 'train.parquet': parquet() });
  await openReview(window, 'train.parquet');
  const frame = await window.frame('editor');
  await expect(frame.locator('.card .val')).toHaveCount(2, { timeout: 60_000 });
  await expect(frame.locator('.bar .name')).toHaveText('train.parquet');
  await expect(frame.locator('.row')).toHaveCount(3);
  // the picture is there, in the queue, too
  const widths = (selector: string) =>
    frame
      .locator(selector)
      .evaluateAll((all) => all.map((each) => (each as HTMLImageElement).naturalWidth > 0));
  await expect.poll(() => widths('rl-zoom img')).toEqual([true]);
  await expect.poll(() => widths('.row img')).toEqual([true, true, true]);
  const rewards = rewardsByCommand(window.path('train.parquet')).get('p0') ?? [];
  await expect(frame.locator('.card .val')).toHaveText(rewards.map(shown));

  // there is no line to go to
  await frame.locator('.card').first().locator('.more').click();
  await expect(frame.locator('[role=menuitem]', { hasText: 'Score again' })).toBeVisible();
  await expect(frame.locator('[role=menuitem]', { hasText: 'Go to line' })).toHaveCount(0);
  await window.page.keyboard.press('Escape');
  expect(await violations(frame)).toEqual([]);

  await frame.locator('.card').nth(1).focus();
  await window.page.keyboard.press('1');
  await frame.locator('.card').first().focus();
  await window.page.keyboard.press('2');
  await window.page.keyboard.press('Enter');
  await expect.poll(() => window.journal('train.parquet')).toHaveLength(1);
  const [entry] = window.journal('train.parquet');
  expect(entry).toMatchObject({ kind: 'rank', id: 'p0', line: 1, ranks: [[1], [0]] });
  const name = createHash('sha256').update(PICTURE).digest('hex');
  expect(entry?.sampleHash).toBe(hashOf(`embedded://${name}.png`));

  // the copy is used again, and the verdict is found
  await window.reload();
  await openReview(window, 'train.parquet');
  const again = await window.frame('editor');
  await expect(again.locator('.prog')).toHaveAttribute('aria-valuenow', '1', { timeout: 60_000 });
  expect(window.complaints).toEqual([]);
});

/** As RFC 8785 has it: keys in order, no spaces. */
function hashOf(image: string): string {
  const content = {
    candidates: ['A lemon.', 'A brick.'],
    images: [image],
    messages: [{ content: QUESTIONS[0], role: 'user' }],
    videos: [],
  };
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

test('a shard and a mixture that names it', async ({ workbench }) => {
  const row = { prompt: 'What fruit is this?', candidates: ['A lemon.', 'A brick.'] };
  const window = await workbench.start(
    {},
    {
      'train-0000.tar': await tarBytes([
        ['0.json', row],
        ['0.png', PICTURE],
        ['1.json', { ...row, images: ['1.png', '2.png'] }],
        ['1.png', PICTURE],
      ]),
      'mix.yaml':
        'datasets:\n- json_path: train-0000.tar\n  sampling_strategy: "first:1"\n- json_path: gone.json\n',
    },
  );
  await openReview(window, 'train-0000.tar');
  const frame = await window.frame('editor');
  await expect(frame.locator('.card .val')).toHaveCount(2, { timeout: 60_000 });
  await expect(frame.locator('.row')).toHaveCount(2);
  await expect(frame.locator('.row').nth(1)).toContainText('2.png');
  await openReview(window, 'mix.yaml');
  const mixture = await window.frame('editor');
  await expect(mixture.locator('.bar .name')).toHaveText('mix.yaml');
  await expect(mixture.locator('.row')).toHaveCount(2);
  await expect(mixture.locator('.row').nth(1)).toContainText('gone.json');
});
