import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { appendDurably } from '../../../src/node/appendOnlyFile';
import { PartialFile, writeNewFile, writeWholeFile } from '../../../src/node/atomicFile';
import { requireOwnOutputs } from '../../../src/node/outputPath';
import { relativePath, resolveMedia } from '../../../src/node/folder';
import { openFileSource } from '../../../src/node/fileSource';
import { parseLogLine } from '../../../src/node/logLine';
import { tempFolder } from '../../support/paths';

afterEach(() => {
  vi.restoreAllMocks();
});

test('a partial file takes its name only when it is committed', async () => {
  const file = path.join(tempFolder(), 'deep/out.jsonl');
  const partial = await PartialFile.create(file);
  await partial.write('one\n');
  expect(fs.existsSync(file)).toBe(false);
  await partial.write('two\n');
  await partial.commit();
  expect(fs.readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  expect(fs.existsSync(`${file}.partial`)).toBe(false);
});

test('an abandoned file is kept beside its name, or removed', async () => {
  const file = path.join(tempFolder(), 'out');
  const kept = await PartialFile.create(file);
  await kept.write('half');
  await kept.abandon(false);
  const again = await PartialFile.create(file, true);
  await again.write(' more');
  await again.commit();
  expect(fs.readFileSync(file, 'utf8')).toBe('half more');
  const removed = await PartialFile.create(file);
  await removed.abandon(true);
  expect(fs.existsSync(`${file}.partial`)).toBe(false);
});

test('an earlier run’s bytes go with the first write, not before', async () => {
  const file = path.join(tempFolder(), 'out');
  fs.writeFileSync(`${file}.partial`, 'earlier');
  await (await PartialFile.create(file)).abandon(false);
  expect(fs.readFileSync(`${file}.partial`, 'utf8')).toBe('earlier');
  const anew = await PartialFile.create(file);
  await anew.write('x');
  await anew.commit();
  expect(fs.readFileSync(file, 'utf8')).toBe('x');
});

test('links are followed, also to what is not there yet; a folder is refused', async () => {
  const folder = tempFolder();
  const real = path.join(folder, 'real.jsonl');
  const link = path.join(folder, 'link.jsonl');
  fs.symlinkSync('real.jsonl', link);
  const write = async (content: string): Promise<void> => {
    const partial = await PartialFile.create(link);
    await partial.write(content);
    await partial.commit();
  };
  await write('one');
  expect(fs.readFileSync(real, 'utf8')).toBe('one');
  await write('two');
  await writeWholeFile(link, 'three');
  expect(fs.readFileSync(real, 'utf8')).toBe('three');
  expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
  await expect(PartialFile.create(folder)).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
});

test.skipIf(process.platform === 'win32')('a pipe is written into, not replaced', async () => {
  const pipe = path.join(tempFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const read = fs.promises.readFile(pipe, 'utf8');
  const partial = await PartialFile.create(pipe);
  await partial.write('one\n');
  await partial.commit();
  expect(await read).toBe('one\n');
  const again = fs.promises.readFile(pipe, 'utf8');
  await writeWholeFile(pipe, 'two\n');
  expect(await again).toBe('two\n');
  expect(fs.statSync(pipe).isFIFO()).toBe(true);
});

test('no output replaces an input or another output, however it is spelt', async () => {
  const folder = tempFolder();
  const input = path.join(folder, 'in');
  fs.writeFileSync(input, '');
  fs.symlinkSync(input, path.join(folder, 'link'));
  const usage = { code: 'USAGE' };
  const out = path.join(folder, 'out');
  await requireOwnOutputs([out], [input]);
  await expect(requireOwnOutputs([`${folder}/x/../in`], [input])).rejects.toMatchObject(usage);
  await expect(requireOwnOutputs([path.join(folder, 'link')], [input])).rejects.toMatchObject(
    usage,
  );
  await expect(requireOwnOutputs([out, `${folder}/./out`], [])).rejects.toMatchObject(usage);
});

test('a write that fails has a code and leaves the old file', async () => {
  const folder = tempFolder();
  fs.writeFileSync(path.join(folder, 'file'), 'old');
  await expect(writeWholeFile(path.join(folder, 'file/inside'), 'x')).rejects.toMatchObject({
    code: 'OUTPUT_FAILED',
  });
  expect(fs.readFileSync(path.join(folder, 'file'), 'utf8')).toBe('old');
});

test('appending after a line cut short starts a line of its own', async () => {
  const file = path.join(tempFolder(), 'journal');
  await appendDurably(file, 'one\n');
  fs.appendFileSync(file, '{"torn');
  await appendDurably(file, 'two\n');
  expect(fs.readFileSync(file, 'utf8')).toBe('one\n{"torn\ntwo\n');
});

test.runIf(process.platform === 'linux')(
  'a new file is on disk with its name: the folders that got an entry are flushed, too',
  async () => {
    const folder = fs.realpathSync(tempFolder());
    const handle = await fs.promises.open(folder, 'r');
    const prototype = Object.getPrototypeOf(handle) as typeof handle;
    await handle.close();
    const flushed: string[] = [];
    const note = function (this: typeof handle): Promise<void> {
      flushed.push(path.relative(folder, fs.readlinkSync(`/proc/self/fd/${this.fd}`)));
      return Promise.resolve();
    };
    vi.spyOn(prototype, 'sync').mockImplementation(note);
    vi.spyOn(prototype, 'datasync').mockImplementation(note);
    const journal = path.join(folder, 'a/b/journal');
    await appendDurably(journal, 'one\n');
    expect(flushed).toEqual(['a/b/journal', 'a/b', 'a', '']);
    flushed.length = 0;
    await appendDurably(journal, 'two\n');
    expect(flushed).toEqual(['a/b/journal']);
    await appendDurably(path.join(folder, 'a/other'), 'one\n');
    expect(flushed.slice(1)).toEqual(['a/other', 'a']);
  },
);

test('reading past the end of a file has a code', async () => {
  const file = path.join(tempFolder(), 'short');
  fs.writeFileSync(file, 'abc');
  const source = await openFileSource(file);
  await expect(source.read(1, 2)).resolves.toEqual(new Uint8Array([98, 99]));
  await expect(source.read(2, 2)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  await source.close();
});

test('media stay inside their root, also through links', async () => {
  const base = tempFolder();
  const root = path.join(base, 'data');
  fs.mkdirSync(path.join(root, 'img'), { recursive: true });
  fs.writeFileSync(path.join(root, 'img/a.png'), 'a');
  fs.writeFileSync(path.join(base, 'secret.png'), 's');
  fs.symlinkSync(path.join(base, 'secret.png'), path.join(root, 'link.png'));
  fs.symlinkSync(path.join(root, 'img'), path.join(root, 'inside'));
  const codeOf = (name: string): Promise<string> =>
    resolveMedia(root, name).then(
      (file) => path.relative(fs.realpathSync(root), file),
      (error: unknown) => (error as { code: string }).code,
    );
  expect(await codeOf('img/a.png')).toBe('img/a.png');
  expect(await codeOf('inside/a.png')).toBe('img/a.png');
  expect(await codeOf(path.join(root, 'img/a.png'))).toBe('img/a.png');
  expect(await codeOf('../secret.png')).toBe('MEDIA_OUTSIDE_ROOT');
  expect(await codeOf('img/../../secret.png')).toBe('MEDIA_OUTSIDE_ROOT');
  expect(await codeOf(path.join(base, 'secret.png'))).toBe('MEDIA_OUTSIDE_ROOT');
  expect(await codeOf('link.png')).toBe('MEDIA_OUTSIDE_ROOT');
  expect(await codeOf('none.png')).toBe('MEDIA_NOT_FOUND');
  expect(await codeOf('a\0b.png')).toBe('MEDIA_NOT_FOUND');
  expect(await codeOf('https://example.org/a.png')).toBe('MEDIA_URL_DISABLED');
  expect(await codeOf('file:///etc/passwd')).toBe('MEDIA_URL_DISABLED');
});

test('relative paths use forward slashes', () => {
  expect(relativePath('/data/out/pairs.jsonl', '/data/img/a.png')).toBe('../img/a.png');
});

test('log lines of the engine are read back, others count as warnings', () => {
  expect(parseLogLine('{"level":30,"time":1,"name":"engine","msg":"hello","ms":5}')).toEqual({
    level: 'info',
    message: 'hello ms=5',
  });
  expect(parseLogLine('terminate called')).toEqual({ level: 'warn', message: 'terminate called' });
});

test('a new file never replaces one, and leaves nothing beside it', async () => {
  const folder = tempFolder();
  const file = path.join(folder, 'new.jsonl');
  expect(await writeNewFile(file, 'first')).toBe(true);
  expect(await writeNewFile(file, 'second')).toBe(false);
  expect(fs.readFileSync(file, 'utf8')).toBe('first');
  const race = path.join(folder, 'race.jsonl');
  const won = await Promise.all(['a', 'b', 'c'].map((text) => writeNewFile(race, text)));
  expect(won.filter(Boolean)).toHaveLength(1);
  expect(fs.readdirSync(folder).sort()).toEqual(['new.jsonl', 'race.jsonl']);
  await expect(writeNewFile(path.join(file, 'x'), '')).rejects.toMatchObject({
    code: 'OUTPUT_FAILED',
  });
});
