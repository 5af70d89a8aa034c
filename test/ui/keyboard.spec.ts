// Twenty samples from first to last by keyboard alone.

import { expect, test, type Window as CodeWindow } from './vscode';

const DATASET = 'keys.candidates.jsonl';
const COUNT = 20;
/** Has more answers than there are digits. */
const MANY = 11;

function rows(): string {
  return Array.from({ length: COUNT }, (_, n) => {
    const number = n + 1;
    const answers = Array.from({ length: number === MANY ? 12 : 3 }, (__, a) => `Answer ${a + 1}`);
    const prompt = number === 18 ? 'Where is the needle?' : `Question ${number}?`;
    return `${JSON.stringify({ id: `s${number}`, prompt, candidates: answers })}\n`;
  }).join('');
}

/** What stands at the end: `[ranks, unranked]`, or the kind of another decision. */
const EXPECTED: Readonly<Record<string, unknown>> = {
  s1: [[[0], [1], [2]], []],
  s2: [[[1, 2], [0]], []],
  s3: 'allBad',
  s4: 'skip',
  s5: [[[0]], [1, 2]],
  s6: [[[1], [2], [0]], []],
  s7: [[[0], [1], [2]], []],
  s8: 'accepted',
  s9: [[[0, 1], [2]], []],
  s10: [[[1], [0]], [2]],
  s11: [
    [[1], [2], [0]],
    [3, 4, 5, 6, 7, 8, 9, 10, 11],
  ],
  s12: [[[1], [0]], [2]],
  ...Object.fromEntries(
    ['s13', 's14', 's15', 's16', 's17', 's18', 's19', 's20'].map((id) => [id, [[[0]], [1, 2]]]),
  ),
};

/** The decisions of a journal that were not taken back, in their order. */
function decisionsOf(window: CodeWindow): readonly (readonly [id: string, decision: unknown])[] {
  const entries = window.journal(DATASET);
  const undone = new Set<unknown>();
  for (const { kind, uid, of } of entries.toReversed()) {
    if (kind === 'undo' && !undone.has(uid)) {
      undone.add(of);
    }
  }
  return entries
    .filter(({ uid, kind }) => !undone.has(uid) && /^(rank|allBad|skip)$/.test(String(kind)))
    .map(({ id, kind, accepted, ranks, unranked }) => [
      String(id),
      kind !== 'rank' ? kind : accepted === true ? 'accepted' : [ranks, unranked],
    ]);
}

test('twenty samples without a mouse', async ({ workbench }) => {
  const window = await workbench.start({}, { [DATASET]: rows() });
  await window.openFile(DATASET);
  const frame = await window.frame('editor');
  await expect.poll(() => frame.evaluate(() => document.hasFocus())).toBe(true);
  await frame.evaluate(() => {
    const page = globalThis as unknown as { mouseEvents: number };
    page.mouseEvents = 0;
    for (const type of ['pointerdown', 'pointermove', 'mousedown', 'mousemove', 'wheel']) {
      globalThis.addEventListener(type, () => (page.mouseEvents += 1), { capture: true });
    }
  });
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) {
      await window.page.keyboard.press(key);
    }
  };
  const isAt = (line: number): Promise<void> =>
    expect(frame.locator('.answers')).toHaveAttribute('data-line', String(line));
  const isSaid = (words: string): Promise<void> =>
    expect(frame.locator('[role=status].vh')).toContainText(words);

  // ranks, a tie, all bad, skip; flag and note beside ranks
  await isAt(1);
  await press('1', '2', '3', 'Enter', '2', '1', '1', 'Enter', 'b', 'Enter', 's');
  await isAt(5);
  await press('f', '1', 'Enter', 'n');
  await isAt(6);
  const note = frame.locator('vscode-text-area.note');
  await expect.poll(() => note.evaluate((e) => e === document.activeElement)).toBe(true);
  await window.page.keyboard.type('Blurred 1 2 3.');
  await press('Escape', '3', '1', '2', 'Enter');
  // undo and redo, and on with what is not reviewed
  await isAt(7);
  await press('1', '2', '3', 'Enter');
  await isAt(8);
  await press('z');
  await isAt(7);
  await isSaid('Undone');
  await press('Shift+Z');
  await isSaid('Redone');
  await press('u');
  await isAt(8);
  // the model's order, a tie by key, ranks by arrows, a rank of two digits
  await expect(frame.locator('.card .val')).toHaveCount(3, { timeout: 30_000 });
  await press('m', 'Enter', '1', '2', 'ArrowLeft', 't', 'End', '2', 'Enter');
  await press('Shift+ArrowUp', 'ArrowRight', 'Shift+ArrowUp', 'Shift+ArrowUp', 'Enter');
  await isAt(MANY);
  await press('1', '2', '1', 'Escape', '2', 'Enter');
  // over one and back to it
  await isAt(12);
  await press('j', '1', 'Enter');
  await isAt(14);
  await press('k', 'k', '2', '1', 'Enter');
  await isAt(13);
  // search, and what was found
  await press('/');
  await expect(frame.locator('.qsearch input')).toBeFocused();
  await window.page.keyboard.type('needle');
  await press('Enter');
  await expect(frame.locator('.qhead')).toContainText('1 of 20 samples');
  await press('ArrowDown');
  await isAt(18);
  await press('Enter');
  await expect(frame.locator('.card').first()).toBeFocused();
  await press('1', 'Enter');
  await isSaid('That was the last one. 1 skipped · 1 flagged');
  await press('/');
  await expect(frame.locator('.qsearch input')).toBeFocused();
  await press('ControlOrMeta+A', 'Delete', 'Enter');
  await expect(frame.locator('.qhead')).toHaveText(/(?<!of )20 samples/);
  await expect(frame.getByRole('listbox', { name: /^Samples/ })).toBeFocused();
  // to a row by its id
  await press('g');
  const input = window.page.locator('.quick-input-widget input.input');
  await expect(input).toBeFocused();
  await window.page.keyboard.type('s15');
  await press('Enter');
  await isAt(15);
  await expect(frame.locator('.card').first()).toBeFocused();
  await press('1', 'Enter');
  await isAt(16);
  // a filter: search field, then one Tab to the chips
  await press('/');
  await expect(frame.locator('.qsearch input')).toBeFocused();
  await press('Tab', 'Home');
  await expect(frame.locator('.chips .chip').first()).toBeFocused();
  await press('Enter');
  await expect(frame.locator('.qhead')).toContainText('5 of 20 samples');
  await press('u');
  await isAt(17);
  await press('1', 'Enter', '1', 'Enter', '1', 'Enter');
  await isSaid('That was the last one.');
  await press('u');
  await isAt(14);
  await press('1', 'Enter', '1', 'Enter');

  await expect(frame.locator('.bar .num')).toContainText('19 / 20');
  const decisions = decisionsOf(window);
  expect(Object.fromEntries(decisions)).toEqual(EXPECTED);
  expect(decisions).toHaveLength(COUNT);
  const others = window.journal(DATASET).filter(({ kind }) => /flag|note|undo/.test(String(kind)));
  expect(others.map(({ id, kind, text, on }) => [id, kind, text ?? on])).toEqual([
    ['s5', 'flag', true],
    ['s6', 'note', 'Blurred 1 2 3.'],
    ['s7', 'undo', undefined],
    ['s7', 'undo', undefined],
  ]);
  expect(
    await frame.evaluate(() => (globalThis as unknown as { mouseEvents: number }).mouseEvents),
  ).toBe(0);
  await window.page.screenshot({ path: test.info().outputPath('done.png') });
  expect(window.complaints).toEqual([]);
});
