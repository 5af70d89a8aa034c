import { expect, test } from 'vitest';
import { runProgram, type ProgramOptions } from '../../../src/node/runProgram';

/** Runs a script in a Node of its own. */
function run(script: string, options: Partial<ProgramOptions> = {}) {
  return runProgram({
    program: process.execPath,
    args: ['-e', script],
    maxMs: 20_000,
    onOutput: () => undefined,
    ...options,
  });
}

test('output in order, exit code and complaints', async () => {
  let output = '';
  const outcome = await run('console.log("a"); console.error("bad"); process.exitCode = 3', {
    onOutput: (piece) => {
      output += new TextDecoder().decode(piece);
    },
  });
  expect(outcome).toEqual({ ended: 'exit', exitCode: 3, complaints: 'bad\n' });
  expect(output).toBe('a\n');
});

test('arguments are arguments, whatever they look like', async () => {
  let output = '';
  await run('', {
    args: ['-p', 'process.argv[1]', '--', '$(touch x); `y` "z"'],
    onOutput: (piece) => {
      output += new TextDecoder().decode(piece);
    },
  });
  expect(output).toBe('$(touch x); `y` "z"\n');
});

test('of endless complaints the first and the last are kept', async () => {
  const outcome = await run(
    'console.error("first"); console.error("x".repeat(1e6)); console.error("last")',
  );
  const complaints = outcome.ended === 'exit' ? outcome.complaints : '';
  expect(complaints.startsWith('first\n')).toBe(true);
  expect(complaints.endsWith('last\n')).toBe(true);
  expect(complaints.length).toBeLessThan(100_000);
});

test('a program that hangs is ended', async () => {
  // it would never end by itself, nor would the test
  expect(await run('setInterval(() => {}, 1000)', { maxMs: 300 })).toEqual({ ended: 'timeout' });
});

test('cancelling ends it, and what the reader throws does, too', async () => {
  const endless = 'setInterval(() => console.log("x"), 10)';
  await expect(run(endless, { signal: AbortSignal.timeout(300) })).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  await expect(run(endless, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  const refuse = (): void => {
    throw new RangeError('enough');
  };
  await expect(run(endless, { onOutput: refuse })).rejects.toThrow('enough');
});

test('what is not there can’t be started', async () => {
  expect(await run('', { program: '/nowhere/program' })).toMatchObject({ ended: 'notStarted' });
});
