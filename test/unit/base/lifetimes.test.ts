import { expect, test } from 'vitest';
import { DisposableStore, toDisposable } from '../../../src/base/disposable';
import { Emitter } from '../../../src/base/emitter';
import { AppError, decodeError, encodeError, ERROR_CODES } from '../../../src/base/errors';

test('a store ends everything, last first, even when one part fails', () => {
  const log: number[] = [];
  const store = new DisposableStore();
  store.add(toDisposable(() => log.push(1)));
  store.add(
    toDisposable(() => {
      throw new Error('part 2');
    }),
  );
  store.add(toDisposable(() => log.push(3)));
  expect(() => store.dispose()).toThrow(AggregateError);
  expect(log).toEqual([3, 1]);
  store.add(toDisposable(() => log.push(4)));
  expect(log).toEqual([3, 1, 4]);
});

test('an emitter calls all listeners although one throws', () => {
  const emitter = new Emitter<number>();
  const seen: number[] = [];
  emitter.on(() => {
    throw new Error('bad listener');
  });
  const subscription = emitter.on((value) => seen.push(value));
  expect(() => emitter.fire(1)).toThrow(AggregateError);
  subscription.dispose();
  expect(() => emitter.fire(2)).toThrow(AggregateError);
  expect(seen).toEqual([1]);
});

test('errors survive a wire, and what is not ours becomes INTERNAL', () => {
  for (const code of ERROR_CODES) {
    const error = new AppError(code, 'what is wrong', { line: 3 });
    const back = decodeError(JSON.parse(JSON.stringify(encodeError(error))));
    expect(back).toMatchObject({ code, message: 'what is wrong', data: { line: 3 } });
  }
  expect(encodeError(new TypeError('x is not a function')).code).toBe('INTERNAL');
  expect(decodeError({ code: 'NO_SUCH_CODE' }).code).toBe('INTERNAL');
  expect(decodeError(undefined).code).toBe('INTERNAL');
});
