// Which files are outputs of a batch (OpenAI, vLLM), and which beside them hold its requests.

import { openFileSource } from '../../node/fileSource';
import {
  absolutePath,
  baseName,
  folderOf,
  isReadOnce,
  joinPath,
  listFolder,
} from '../../node/folder';
import { START_BYTES } from '../../node/lineReader';

const INPUT_NAME = /\.jsonl$/i;
/** Of a folder: looked at, and taken. */
const MAX_LOOKED_AT = 200;
const MAX_INPUTS = 8;

/** A key of an object, not of JSON inside a text. */
const key = (name: string, value: string): RegExp =>
  new RegExp(`(?<!\\\\)"${name}"\\s*:\\s*${value}`);
const CUSTOM_ID = key('custom_id', '["\\d]');
const RESPONSE = key('response', '(\\{|null)');
const BODY = key('body', '\\{');
const MESSAGES = key('messages', '\\[');

/** Cheap: its first row has an answer, or the place for one, and no prompt. */
export function isBatchOutput(start: Uint8Array): boolean {
  const row = firstRow(start);
  return row !== undefined && CUSTOM_ID.test(row) && RESPONSE.test(row) && !MESSAGES.test(row);
}

function isBatchInput(start: Uint8Array): boolean {
  const row = firstRow(start);
  return row !== undefined && CUSTOM_ID.test(row) && BODY.test(row) && !RESPONSE.test(row);
}

/** The first line, as far as it is there; a list is no batch. */
function firstRow(start: Uint8Array): string | undefined {
  const [, row] = /^\s*(\{[^\n]*)/.exec(new TextDecoder().decode(start)) ?? [];
  return row;
}

/** The requests in the folder of an output; those whose names are most alike go first. */
export async function batchInputsBeside(output: string): Promise<readonly string[]> {
  const folder = absolutePath(folderOf(output));
  const own = baseName(output);
  const names = (await listFolder(folder).catch(() => []))
    .filter((name) => INPUT_NAME.test(name) && name !== own)
    .map((name) => ({ name, shared: sharedStart(name, own) }))
    .sort((a, b) => b.shared - a.shared || (a.name < b.name ? -1 : 1));
  const inputs: string[] = [];
  for (const { name } of names.slice(0, MAX_LOOKED_AT)) {
    const file = joinPath(folder, name);
    if (inputs.length < MAX_INPUTS && isBatchInput(await startOrNothing(file))) {
      inputs.push(file);
    }
  }
  return inputs;
}

function sharedStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) {
    length += 1;
  }
  return length;
}

/** What can't be read is no input. */
async function startOrNothing(file: string): Promise<Uint8Array> {
  try {
    if (await isReadOnce(file)) {
      return new Uint8Array(); // a pipe would wait for its writer
    }
    const source = await openFileSource(file);
    try {
      return await source.read(0, Math.min(source.sizeBytes, START_BYTES));
    } finally {
      await source.close();
    }
  } catch {
    return new Uint8Array();
  }
}
