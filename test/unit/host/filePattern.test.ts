import { expect, test, vi } from 'vitest';
import { filePattern, literalGlob } from '../../../src/host/filePattern';

vi.mock('vscode', () => import('./fakeVscode'));

test('a file is watched by its name, whatever stands in it', () => {
  expect(literalGlob('plain.candidates.jsonl')).toBe('plain.candidates.jsonl');
  expect(literalGlob('data[1]{a,b}*?.jsonl')).toBe('data[[]1][{]a,b[}][*][?].jsonl');
  expect(filePattern('/a[b]/c[d].jsonl')).toMatchObject({
    base: { fsPath: '/a[b]' },
    pattern: 'c[[]d].jsonl',
  });
});
