// `rewardlens convert`: a Hugging Face checkpoint becomes a model folder.

import { absolutePath } from '../../node/folder';
import { REPEATABLE } from '../../client/engineClient';
import { CONVERT, CONVERT_PROGRESS, type ConvertParams } from '../../protocol/engineProtocol';
import type { Session } from '../session';
import { EXIT } from '../terminal';

export interface ConvertFlags {
  readonly out: string;
  readonly precision: ConvertParams['precision'];
}

/** @returns the exit code */
export async function convertCommand(
  { terminal, engine, signal }: Session,
  checkpoint: string,
  flags: ConvertFlags,
): Promise<number> {
  const token = 'convert';
  const { model, ignoredTensors } = await engine.call({
    type: CONVERT,
    params: {
      checkpointFolder: absolutePath(checkpoint),
      outFolder: absolutePath(flags.out),
      precision: flags.precision,
      token,
    },
    progress: {
      type: CONVERT_PROGRESS,
      token,
      onValue: (progress) => terminal.progress(progress),
    },
    retry: REPEATABLE, // finished tensors are not redone
    signal,
  });
  terminal.endProgress();
  terminal.print(`${model.fingerprint}\n`);
  const ignored = ignoredTensors === 0 ? '' : `; ${ignoredTensors} tensors it does not use skipped`;
  terminal.note(`Wrote ${model.folder} (${model.weightBytes} bytes${ignored}).`);
  return EXIT.ok;
}
