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
const fileSchema = z.record(z.string(), z.string());

export class DeviceMemory implements vscode.Disposable {
  /** rewards that are shown are another device's than the one that computes now */
  readonly onMismatch = new Emitter<void>();
  #use: DeviceUse | undefined;
  #known: Promise<Map<string, string>> | undefined;

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
      : (this.#use?.id ?? (await this.#load()).get(key(fingerprint, choice)));
  }

  /** The engine settled a device. */
  async settle(fingerprint: string, choice: DeviceChoice, use: DeviceUse): Promise<void> {
    const before = await this.id(fingerprint, choice);
    this.#use = use;
    if (before === use.id) {
      return;
    }
    const known = await this.#load();
    known.set(key(fingerprint, choice), use.id);
    try {
      await writeWholeFile(this.path, JSON.stringify(Object.fromEntries(known)));
    } catch (error) {
      this.logger.log('warn', 'device not remembered', { ...encodeError(error) });
    }
    if (before !== undefined) {
      this.onMismatch.fire();
    }
  }

  /** Another model or device is asked for now. */
  forget(): void {
    this.#use = undefined;
  }

  #load(): Promise<Map<string, string>> {
    this.#known ??= this.#read();
    return this.#known;
  }

  async #read(): Promise<Map<string, string>> {
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
