// Conversions for tests: small checkpoints to change, and quantisers that count or stop.

import fs from 'node:fs';
import path from 'node:path';
import { bytesSource } from '../../src/base/byteSource';
import { readSafetensorsHeader } from '../../src/model/checkpoint/safetensors';
import {
  convertCheckpoint,
  type ConvertOptions,
  type ConvertResult,
} from '../../src/model/convert/convertCheckpoint';
import { quantiseBlocks } from '../../src/model/convert/quantise';
import { LOCAL_QUANTISER, type Quantiser } from '../../src/model/convert/quantiser';
import { tempFolder, TINY_CHECKPOINT } from './paths';

/** The tiny checkpoint in a folder of its own. @param weightsName of its only weight file */
export function tinyCopy(weightsName = 'model.safetensors'): string {
  const folder = path.join(tempFolder(), 'checkpoint');
  fs.mkdirSync(folder);
  for (const name of ['config.json', 'tokenizer.model', 'model.safetensors']) {
    const to = name === 'model.safetensors' ? weightsName : name;
    fs.copyFileSync(path.join(TINY_CHECKPOINT, name), path.join(folder, to));
  }
  return folder;
}

/** Writes a tensor anew, in place: other bytes, the same size. */
export async function changeTensor(
  file: string,
  tensor: string,
  change: (bytes: Buffer) => void,
): Promise<void> {
  const all = fs.readFileSync(file);
  const info = (await readSafetensorsHeader(bytesSource(file, all))).get(tensor);
  if (info === undefined) {
    throw new Error(`no tensor ${tensor}`);
  }
  change(all.subarray(info.offset, info.offset + info.sizeBytes));
  fs.writeFileSync(file, all);
}

/** `converter` is `test` unless given. */
export function convertTo(
  outFolder: string,
  options: Pick<ConvertOptions, 'checkpointFolder' | 'precision'> & Partial<ConvertOptions>,
  signal?: AbortSignal,
): Promise<ConvertResult> {
  return convertCheckpoint(
    { converter: 'test', quantiser: LOCAL_QUANTISER, ...options, outFolder },
    () => undefined,
    signal,
  );
}

/** Quantises here and counts; asks for a stop at a task when a controller is given. */
export function countingQuantiser(stop?: {
  readonly at: number;
  readonly controller: AbortController;
}): Quantiser & { readonly tasks: number } {
  let tasks = 0;
  return {
    parallel: 1,
    get tasks() {
      return tasks;
    },
    quantise: async (task) => {
      tasks += 1;
      if (tasks === stop?.at) {
        stop.controller.abort();
      }
      return quantiseBlocks(task);
    },
  };
}

/** Runs until a task and stops there, as a person who cancels; what is whole is left. */
export async function convertUntil(
  task: number,
  outFolder: string,
  options: Pick<ConvertOptions, 'checkpointFolder' | 'precision'> & Partial<ConvertOptions>,
): Promise<void> {
  const controller = new AbortController();
  const quantiser = countingQuantiser({ at: task, controller });
  await convertTo(outFolder, { ...options, quantiser }, controller.signal).then(
    () => {
      throw new Error(`there were fewer than ${task} tasks`);
    },
    (error: unknown) => {
      if ((error as { code?: unknown }).code !== 'CANCELLED') {
        throw error;
      }
    },
  );
}
