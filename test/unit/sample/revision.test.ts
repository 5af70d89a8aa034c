import { expect, test } from 'vitest';
import { reviseSample, type AnswerChange } from '../../../src/sample/revision';
import { sampleOf } from '../../support/samples';

const edit = (candidate: number, text: string): AnswerChange => ({ kind: 'edit', candidate, text });
const add = (text: string): AnswerChange => ({ kind: 'add', text, source: 'mira' });
const sample = sampleOf({ candidates: [{ text: 'Four.', source: 'm' }, { text: 'Five.' }] });

test('without changes a sample stays what it is', () => {
  const revised = reviseSample(sample, []);
  expect(revised.sample).toBe(sample);
  expect(revised.file).toBe(sample);
  expect(revised.origins).toEqual([{ added: false }, { added: false }]);
});

test('edits keep the source and remember the first text; added answers come last', () => {
  const changes = [edit(0, '4'), edit(0, '4.'), add('Six.'), edit(2, 'Six!')];
  const revised = reviseSample(sample, changes);
  expect(revised.sample.candidates).toEqual([
    { text: '4.', source: 'm' },
    { text: 'Five.' },
    { text: 'Six!', source: 'mira' },
  ]);
  expect(revised.origins).toEqual([
    { added: false, original: 'Four.' },
    { added: false },
    { added: true, original: 'Six.' },
  ]);
  expect(sample.candidates).toHaveLength(2);
  expect(revised.sample.messages).toBe(sample.messages);
});

test('an edit back to what the file says is none', () => {
  expect(reviseSample(sample, [edit(1, 'x'), edit(1, 'Five.')]).origins[1]).toEqual({
    added: false,
  });
});

test('an edit of what is not there, or not there yet, counts for nothing', () => {
  const { sample: revised } = reviseSample(sample, [edit(2, 'early'), edit(9, 'x'), add('Six.')]);
  expect(revised.candidates.map(({ text }) => text)).toEqual(['Four.', 'Five.', 'Six.']);
});
