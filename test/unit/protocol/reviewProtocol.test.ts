import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromWebviewSchema } from '../../../src/protocol/reviewProtocol';

test('messages of the webview are checked by shape', () => {
  const accepts = (message: unknown): boolean => fromWebviewSchema.safeParse(message).success;
  expect(accepts({ type: 'ready' })).toBe(true);
  expect(accepts({ type: 'rows', rows: [0, 10] })).toBe(true);
  expect(accepts({ type: 'rows', rows: [-1] })).toBe(false);
  expect(accepts({ type: 'record', key: 'k', request: 1, body: { kind: 'skip' } })).toBe(true);
  // a webview may not write edits or undo entries of its own making
  expect(accepts({ type: 'record', key: 'k', request: 1, body: { kind: 'undo', of: 'x' } })).toBe(
    false,
  );
  expect(accepts({ type: 'command', command: 'workbench.action.quit' })).toBe(false);
  expect(accepts({ type: 'eval', code: '1' })).toBe(false);
  fc.assert(fc.property(fc.anything(), (message) => void accepts(message)));
});
