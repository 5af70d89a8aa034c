// The requests that a batch output answers, found by their custom_id in the files beside it.

import { openFileSource } from '../../node/fileSource';
import { readLines } from '../../node/lineReader';
import type { RowMapping } from '../lists/columnMapping';
import { isRow, type Row } from '../rows/rowFormat';
import { batchInputsBeside } from './batchFiles';

/** A batch of OpenAI has 50,000; what is beyond is not found. */
const MAX_REQUESTS = 1_000_000;

interface Place {
  readonly file: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Files are looked through one after the other, only while a request is not found; none is held. */
export class BatchRequests {
  readonly #places = new Map<string, Place>();

  private constructor(
    /** not looked through yet, the nearest first */
    readonly waiting: string[],
    readonly signal: AbortSignal | undefined,
  ) {}

  /** @param output the batch output whose requests are wanted */
  static async of(output: string, signal: AbortSignal | undefined): Promise<BatchRequests> {
    return new BatchRequests([...(await batchInputsBeside(output))], signal);
  }

  /**
   * @param bytes of a row of the output
   * @returns what adds its request to the row, or `undefined` when there is none
   * @throws AppError `FILE_UNREADABLE` or `CANCELLED`
   */
  async mappingFor(bytes: Uint8Array | undefined): Promise<RowMapping | undefined> {
    const row = parseRow(bytes);
    const id = idOf(row);
    if (id === undefined || row?.response == null) {
      return undefined;
    }
    const place = await this.#find(id);
    const request = place === undefined ? undefined : await read(place);
    return request === undefined ? undefined : (found) => ({ request, ...found });
  }

  async #find(id: string): Promise<Place | undefined> {
    while (!this.#places.has(id)) {
      const file = this.waiting.shift();
      if (file === undefined) {
        return undefined;
      }
      await this.#index(file);
    }
    return this.#places.get(id);
  }

  async #index(file: string): Promise<void> {
    for await (const { bytes, offset, sizeBytes } of readLines(file, { signal: this.signal })) {
      const id = idOf(parseRow(bytes));
      if (id !== undefined && !this.#places.has(id) && this.#places.size < MAX_REQUESTS) {
        this.#places.set(id, { file, offset, sizeBytes });
      }
    }
  }
}

async function read({ file, offset, sizeBytes }: Place): Promise<Row | undefined> {
  const source = await openFileSource(file);
  try {
    return parseRow(await source.read(offset, sizeBytes));
  } finally {
    await source.close();
  }
}

function parseRow(bytes: Uint8Array | undefined): Row | undefined {
  try {
    const row: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isRow(row) ? row : undefined;
  } catch {
    return undefined;
  }
}

function idOf(row: Row | undefined): string | undefined {
  const id = row?.custom_id;
  return typeof id === 'string' || typeof id === 'number' ? JSON.stringify(id) : undefined;
}
