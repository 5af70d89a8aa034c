import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JournalFile } from '../../../src/review/journalFile';
import { formatJournalLine, parseJournalLine } from '../../../src/review/journalLine';
import { JournalState } from '../../../src/review/journalState';
import { sampleHash } from '../../../src/review/sampleHash';
import { Verdicts } from '../../../src/review/verdicts';
import { NO_VERDICT, type EntryBody, type JournalEntry } from '../../../src/sample/verdict';
import { tempFolder } from '../../support/paths';
import { sampleOf } from '../../support/samples';

let clock = 0;

function entry(body: EntryBody, head: Partial<JournalEntry> = {}): JournalEntry {
  clock += 1;
  return {
    v: 1,
    uid: `u${clock}`,
    at: new Date(clock * 1000).toISOString(),
    by: 'mira',
    id: 'a',
    line: 1,
    sampleHash: 'h',
    ...head,
    ...body,
  };
}

const rank = (ranks: number[][]): EntryBody => ({
  kind: 'rank',
  ranks,
  unranked: [],
  accepted: false,
  blind: false,
  shown: [0, 1],
  ms: 10,
});

/** Rows of the dataset, as [id, line, hash]. */
function verdictsOf(
  entries: readonly JournalEntry[],
  ...rows: readonly (readonly [string, number, string])[]
): Verdicts {
  const byId = Map.groupBy(rows.length === 0 ? [['a', 1, 'h'] as const] : rows, ([id]) => id);
  const hashes = new Map(
    [...byId].map(([id, all]) => [id, new Map(all.map(([, line, hash]) => [line, hash]))]),
  );
  return new Verdicts(new JournalState(entries), hashes);
}

test('every kind of entry is written and read back', () => {
  const bodies: EntryBody[] = [
    rank([[0], [1]]),
    { kind: 'allBad' },
    { kind: 'skip' },
    { kind: 'flag', on: true },
    { kind: 'note', text: 'line\nbreak "quoted" \u2028' },
    { kind: 'edit', candidate: 1, text: 'better' },
    { kind: 'add', text: 'new', source: 'mira' },
    { kind: 'undo', of: 'u1' },
  ];
  for (const body of bodies) {
    const written = entry(body);
    const line = formatJournalLine(written);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(parseJournalLine(line)).toEqual(written);
  }
});

test('the agreed order of keys', () => {
  const line = formatJournalLine({ ...entry(rank([[0]])), uid: '0193-a1', at: 'T' });
  expect(line).toMatch(
    /^\{"v":1,"uid":"0193-a1","at":"T","by":"mira","id":"a","line":1,"sampleHash":"h","kind":"rank","ranks"/,
  );
});

test('what is not an entry is told, not thrown', () => {
  for (const line of ['', '{', '[]', 'null', '{"v":1}', '{"v":2,"kind":"skip"}']) {
    expect(typeof parseJournalLine(line)).toBe('string');
  }
  fc.assert(fc.property(fc.json(), (line) => void parseJournalLine(line)));
});

test('the last decision that is not undone counts', () => {
  const first = entry(rank([[0], [1]]));
  const second = entry({ kind: 'skip' });
  const undo = entry({ kind: 'undo', of: second.uid });
  const decisionOf = (...entries: JournalEntry[]) => verdictsOf(entries).of('mira', 1).decision;
  expect(decisionOf(first, second)).toBe(second);
  expect(decisionOf(first, second, undo)).toBe(first);
  const redo = entry({ kind: 'undo', of: undo.uid });
  expect(decisionOf(first, second, undo, redo)).toBe(second);
  expect(decisionOf()).toBeUndefined();
});

test('merging by concatenation: time decides, not the order of lines', () => {
  const first = entry(rank([[0], [1]]));
  const second = entry({ kind: 'allBad' });
  const undo = entry({ kind: 'undo', of: second.uid });
  expect(verdictsOf([undo, second, first]).of('mira', 1).decision).toBe(first);
});

test('an undo names what it takes back, whatever the clock said', () => {
  const first = entry(rank([[0], [1]]));
  const second = entry({ kind: 'skip' });
  const before = new Date(0).toISOString();
  const undo = entry({ kind: 'undo', of: second.uid }, { at: new Date(1).toISOString() });
  const redo = entry({ kind: 'undo', of: undo.uid }, { at: before });
  const decisionOf = (...entries: JournalEntry[]) => verdictsOf(entries).of('mira', 1).decision;
  expect(decisionOf(first, second, undo)).toBe(first);
  expect(decisionOf(first, second, undo, redo)).toBe(second);
});

test('undos in a circle, or of nothing, take nothing back', () => {
  const skip = entry({ kind: 'skip' });
  const [a, b] = [entry({ kind: 'undo', of: 'b' }), entry({ kind: 'undo', of: 'a' })];
  const circle = [skip, { ...a, uid: 'a' }, { ...b, uid: 'b' }, entry({ kind: 'undo', of: 'x' })];
  expect(verdictsOf(circle).of('mira', 1).decision).toBe(skip);
});

test('a merge that doubles lines doubles nothing else', () => {
  const skip = entry({ kind: 'skip' });
  const undo = entry({ kind: 'undo', of: skip.uid });
  const redo = entry({ kind: 'undo', of: undo.uid });
  const state = new JournalState([skip, undo, redo, skip, undo, redo]);
  expect(state.entries).toEqual([skip, undo, redo]);
  expect(verdictsOf([skip, undo, redo, undo, redo]).of('mira', 1).decision).toBe(skip);
});

test('people are kept apart; flags and notes stand beside decisions', () => {
  const entries = [
    entry(rank([[0], [1]])),
    entry(rank([[1], [0]]), { by: 'tom' }),
    entry({ kind: 'flag', on: true }),
    entry({ kind: 'note', text: 'first' }),
    entry({ kind: 'note', text: 'second' }),
  ];
  expect(new JournalState(entries).people()).toEqual(['mira', 'tom']);
  const verdicts = verdictsOf(entries);
  expect(verdicts.of('mira', 1)).toMatchObject({ flagged: true, note: 'second' });
  expect(verdicts.of('tom', 1)).toMatchObject({ flagged: false, note: '' });
});

test('an edit that is taken back after its answer was ranked is a change since', () => {
  const edit = entry({ kind: 'edit', candidate: 0, text: 'x' });
  const ranked = entry(rank([[0], [1]]));
  const undo = entry({ kind: 'undo', of: edit.uid }, { by: 'tom' });
  const redo = entry({ kind: 'undo', of: undo.uid });
  const again = entry(rank([[0], [1]]));
  const since = (...entries: JournalEntry[]) => verdictsOf(entries).of('mira', 1, 2).editedSince;
  expect(since(edit, ranked)).toBeUndefined();
  expect(since(edit, ranked, undo)).toEqual([0]);
  expect(since(edit, ranked, undo, redo)).toBeUndefined();
  expect(since(edit, ranked, undo, again)).toBeUndefined();
  // done again after that it is another text than was ranked
  expect(since(edit, undo, again, { ...redo, at: new Date(1e9).toISOString() })).toEqual([0]);
  // one that is not in sight any more
  const later = entry({ kind: 'edit', candidate: 0, text: 'y' }, { at: ranked.at });
  expect(since(edit, later, ranked, undo)).toBeUndefined();
  // and one that no rank is about
  const other = entry({ kind: 'edit', candidate: 1, text: 'y' }, { at: ranked.at });
  const first = { ...ranked, ...rank([[0]]) };
  expect(since(other, first, entry({ kind: 'undo', of: other.uid }))).toBeUndefined();
});

test('an added answer that takes the place of one taken back does not take its rank', () => {
  const added = ['c', 'd'].map((text) => entry({ kind: 'add', text, source: 'mira' }));
  const ranked = entry(rank([[2], [3], [0]]));
  const undo = entry({ kind: 'undo', of: added[0]?.uid ?? '' });
  const verdict = verdictsOf([...added, ranked, undo]).of('mira', 1, 2);
  expect(verdict.decision).toMatchObject({ ranks: [[2], [0]] });
  expect(verdict.editedSince).toEqual([2]);
});

test('a changed sample makes its verdict stale; a moved one keeps it', () => {
  const entries = [entry(rank([[0], [1]]), { line: 5 })];
  const stale = { stale: true, decision: { kind: 'rank' } };
  expect(verdictsOf(entries, ['a', 5, 'other']).of('mira', 5)).toMatchObject(stale);
  expect(verdictsOf(entries, ['a', 9, 'h']).of('mira', 9)).toMatchObject({
    ...stale,
    stale: false,
  });
  // moved and changed: there is no other place for it
  expect(verdictsOf(entries, ['a', 9, 'other']).of('mira', 9)).toMatchObject(stale);
  // another row of that id keeps to itself while the content is somewhere
  const two = verdictsOf(entries, ['a', 9, 'other'], ['a', 6, 'h']);
  expect(two.of('mira', 9)).toEqual(NO_VERDICT);
  expect(two.of('mira', 6)).toMatchObject({ ...stale, stale: false });
  // an exact copy on another line does not take over what the original has
  const copy = verdictsOf(entries, ['a', 5, 'h'], ['a', 9, 'h']);
  expect(copy.of('mira', 9)).toEqual(NO_VERDICT);
  expect(verdictsOf(entries, ['b', 5, 'h']).of('mira', 5)).toEqual(NO_VERDICT);
});

test('a flag on a changed sample leaves the old decision in sight, stale', () => {
  const entries = [
    entry(rank([[0], [1]])),
    entry({ kind: 'note', text: 'odd' }),
    entry({ kind: 'flag', on: true }, { sampleHash: 'new' }),
  ];
  expect(verdictsOf(entries, ['a', 1, 'new']).of('mira', 1)).toMatchObject({
    decision: { kind: 'rank' },
    stale: true,
    flagged: true,
    note: 'odd',
  });
  const decided = [...entries, entry({ kind: 'skip' }, { sampleHash: 'new' })];
  expect(verdictsOf(decided, ['a', 1, 'new']).of('mira', 1)).toMatchObject({
    decision: { kind: 'skip' },
    stale: false,
  });
});

type Step = 'act' | 'undo' | 'redo';

test('undo and redo over any history behave like an editor’s', () => {
  const steps = fc.array(fc.constantFrom<Step>('act', 'act', 'undo', 'redo'), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (script) => {
      let entries: JournalEntry[] = [];
      // what an editor would do: a list of actions and a list of undone ones
      const done: string[] = [];
      const undone: string[] = [];
      for (const step of script) {
        const state = new JournalState(entries);
        if (step === 'act') {
          const action = entry({ kind: 'note', text: 'x' });
          entries = [...entries, action];
          done.push(action.uid);
          undone.length = 0;
          continue;
        }
        const target = step === 'undo' ? state.undoTarget('mira') : state.redoTarget('mira');
        const action = step === 'undo' ? target : target && state.undoneBy(target);
        expect(action?.uid).toBe((step === 'undo' ? done : undone).at(-1));
        if (target !== undefined && action !== undefined) {
          entries = [...entries, entry({ kind: 'undo', of: target.uid })];
          if (step === 'undo') {
            done.pop();
            undone.push(action.uid);
          } else {
            undone.pop();
            done.push(action.uid);
          }
        }
      }
    }),
  );
});

test('the file: missing is empty, a torn last line is reported, appending goes on after it', async () => {
  const file = new JournalFile(path.join(tempFolder(), 'd.review.jsonl'));
  expect(await file.read()).toEqual({ entries: [], faults: [] });
  const one = entry({ kind: 'skip' });
  await file.append(one);
  fs.appendFileSync(file.path, '{"v":1,"uid":"torn');
  expect(await file.read()).toMatchObject({ entries: [one], faults: [{ line: 2, torn: true }] });
  const two = entry({ kind: 'allBad' });
  await file.append(two);
  expect(await file.read()).toMatchObject({
    entries: [one, two],
    faults: [{ line: 2, torn: false }],
  });
});

test('many appends at once end up whole and in order', async () => {
  const file = new JournalFile(path.join(tempFolder(), 'd.review.jsonl'));
  const written = Array.from({ length: 50 }, () => entry({ kind: 'skip' }));
  await Promise.all(written.map((item) => file.append(item)));
  expect((await file.read()).entries).toEqual(written);
});

test('a journal that can’t be written says so', async () => {
  const folder = tempFolder();
  fs.writeFileSync(path.join(folder, 'file'), '');
  const file = new JournalFile(path.join(folder, 'file/journal'));
  await expect(file.append(entry({ kind: 'skip' }))).rejects.toMatchObject({
    code: 'JOURNAL_NOT_SAVED',
  });
});

test('the hash covers what is judged and nothing else', () => {
  const hash = sampleHash(sampleOf());
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(sampleHash(sampleOf({ id: 'other', line: 9, domain: 'x' }))).toBe(hash);
  const sourced = [{ text: 'Four.', source: 'm' }, { text: 'Five.' }];
  expect(sampleHash(sampleOf({ candidates: sourced }))).toBe(hash);
  expect(sampleHash(sampleOf({ candidates: [{ text: 'Five.' }, { text: 'Four.' }] }))).not.toBe(
    hash,
  );
  expect(sampleHash(sampleOf({ images: ['a.png'] }))).not.toBe(hash);
  expect(sampleHash(sampleOf({ messages: [{ role: 'system', content: 'x' }] }))).not.toBe(hash);
});
