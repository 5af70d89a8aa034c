// Which device computed last time: known rewards are shown before the engine has started and tested
// devices. Kept in a file beside the rewards, because it is worth as much and as little as they are.

import type * as vscode from 'vscode';
import * as z from 'zod';
import { Emitter } from '../base/emitter';
import { encodeError } from '../base/errors';
import type { Logger } from '../base/logger';
import { writeWholeFile } from '../node/atomicFile';
import { fileSizeBytes } from '../node/folder';
import { readSmallText } from '../node/smallFile';
import type { DeviceChoice, DeviceUse } from '../sample/device';

const MAX_BYTES = 1024 * 1024;
/** What is remembered of a device: its id, and the noise of its rewards where they have any. */
const knownSchema = z.object({ id: z.string(), noiseFloor: z.number().optional() });
type Known = z.infer<typeof knownSchema>;
const fileSchema = z.record(
  z.string(),
  // an id alone is what earlier versions wrote
  z.union([z.string().transform((id): Known => ({ id })), knownSchema]),
);

export class DeviceMemory implements vscode.Disposable {
  /** rewards that are shown are another device's than the one that computes now */
  readonly onMismatch = new Emitter<void>();
  #use: DeviceUse | undefined;
  #known: Promise<Map<string, Known>> | undefined;

  constructor(
    readonly path: string,
    readonly logger: Logger,
  ) {}

  /** The device that computes now, once the engine has settled it. */
  get use(): DeviceUse | undefined {
    return this.#use;
  }

  /** Id of the device whose rewards are shown; `undefined` before the first time. */
  async id(fingerprint: string, choice: DeviceChoice): Promise<string | undefined> {
    return choice === 'cpu'
      ? 'cpu'
      : (this.#use?.id ?? (await this.#load()).get(key(fingerprint, choice))?.id);
  }

  /** Margins below this are noise, on the device whose rewards are shown. */
  async noiseFloor(fingerprint: string, choice: DeviceChoice): Promise<number> {
    const known = this.#use ?? (await this.#load()).get(key(fingerprint, choice));
    return known?.noiseFloor ?? 0;
  }

  /** The engine settled a device. */
  async settle(fingerprint: string, choice: DeviceChoice, use: DeviceUse): Promise<void> {
    const before = await this.id(fingerprint, choice);
    const noiseBefore = await this.noiseFloor(fingerprint, choice);
    this.#use = use;
    const { id, noiseFloor } = use;
    if (before === id && noiseBefore === (noiseFloor ?? 0)) {
      return;
    }
    const known = await this.#load();
    known.set(key(fingerprint, choice), {
      id,
      ...(noiseFloor === undefined ? {} : { noiseFloor }),
    });
    try {
      await writeWholeFile(this.path, JSON.stringify(Object.fromEntries(known)));
    } catch (error) {
      this.logger.log('warn', 'device not remembered', { ...encodeError(error) });
    }
    if (before !== undefined && before !== id) {
      this.onMismatch.fire();
    }
  }

  /** Another model or device is asked for now. */
  forget(): void {
    this.#use = undefined;
  }

  #load(): Promise<Map<string, Known>> {
    this.#known ??= this.#read();
    return this.#known;
  }

  async #read(): Promise<Map<string, Known>> {
    if ((await fileSizeBytes(this.path)) === undefined) {
      return new Map();
    }
    try {
      const text = await readSmallText(this.path, MAX_BYTES);
      return new Map(Object.entries(fileSchema.parse(JSON.parse(text))));
    } catch (error) {
      this.logger.log('warn', 'devices not read', { ...encodeError(error) });
      return new Map();
    }
  }

  dispose(): void {
    this.onMismatch.dispose();
  }
}

function key(fingerprint: string, choice: DeviceChoice): string {
  return `${choice} ${fingerprint}`;
}
