// A Hugging Face checkpoint folder: its config, tokenizer and tensors.

import { AppError } from '../../base/errors';
import { baseName, joinPath, listFolder } from '../../node/folder';
import { readSmallFile, readSmallText } from '../../node/smallFile';
import { findDimsFault } from '../dimsCheck';
import { readModelDims, type ModelDims } from './modelConfig';
import { expectedTensors } from './expectedTensors';
import type { TensorInfo } from './safetensors';
import { openWeightFiles } from './weightFiles';

const MAX_CONFIG_BYTES = 1024 * 1024;
const MAX_TOKENIZER_BYTES = 64 * 1024 * 1024;

/** An open checkpoint, checked to be complete. Close it when done. */
export interface Checkpoint {
  readonly folder: string;
  readonly dims: ModelDims;
  /** what the makers of a stand-in say of it, such as "demo" */
  readonly label?: string;
  readonly tokenizer: Uint8Array;
  /** every tensor the model needs */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** tensors in the files that the model does not use */
  readonly ignoredTensors: number;
  /** paths of the weight files */
  readonly weightFiles: readonly string[];
  /** their sizes added up */
  readonly weightBytes: number;
  close(): Promise<void>;
}

/**
 * Opens a folder with `config.json`, `tokenizer.model` and weights (see `weightFiles.ts`).
 * @throws AppError `CHECKPOINT_INVALID` naming what is missing or has the wrong shape
 */
export async function openCheckpoint(folder: string): Promise<Checkpoint> {
  const names = await listFolder(folder);
  for (const needed of ['config.json', 'tokenizer.model']) {
    if (!names.includes(needed)) {
      throw new AppError('CHECKPOINT_INVALID', `${folder}: ${needed} is missing`, { folder });
    }
  }
  const configJson = await readSmallText(joinPath(folder, 'config.json'), MAX_CONFIG_BYTES);
  const tokenizer = await readSmallFile(joinPath(folder, 'tokenizer.model'), MAX_TOKENIZER_BYTES);
  const weights = await openWeightFiles(folder, names);
  try {
    const found = weights.tensors;
    const dims = readModelDims(configJson, found);
    const fault = findDimsFault(dims);
    if (fault !== undefined) {
      throw new AppError('CHECKPOINT_INVALID', `${folder}: config.json: ${fault}`, { folder });
    }
    const tensors = selectTensors(dims, found);
    return {
      folder: baseName(folder),
      dims,
      ...readLabel(configJson),
      tokenizer,
      tensors,
      ignoredTensors: found.size - tensors.size,
      weightFiles: weights.files,
      weightBytes: weights.sizeBytes,
      close: weights.close,
    };
  } catch (error) {
    await weights.close();
    throw error;
  }
}

/** Keeps what the model uses; names everything that is missing or has another shape at once. */
function selectTensors(
  dims: ModelDims,
  found: ReadonlyMap<string, TensorInfo>,
): ReadonlyMap<string, TensorInfo> {
  const faults: string[] = [];
  const selected = new Map<string, TensorInfo>();
  for (const { name, shape } of expectedTensors(dims)) {
    const tensor = found.get(name);
    if (tensor === undefined) {
      faults.push(`${name} is missing`);
    } else if (tensor.shape.join() !== shape.join()) {
      faults.push(`${name} has shape [${tensor.shape.join(', ')}], not [${shape.join(', ')}]`);
    } else if (!['F32', 'F16', 'BF16'].includes(tensor.dtype)) {
      faults.push(`${name} has type ${tensor.dtype}`);
    } else {
      selected.set(name, tensor);
    }
  }
  if (faults.length > 0) {
    const shown = faults.slice(0, 5).join('; ');
    const more = faults.length > 5 ? `; and ${faults.length - 5} more` : '';
    throw new AppError('CHECKPOINT_INVALID', `tensors: ${shown}${more}`);
  }
  return selected;
}

function readLabel(configJson: string): { readonly label?: string } {
  const label = (JSON.parse(configJson) as { rewardlens_label?: unknown }).rewardlens_label;
  return typeof label === 'string' ? { label } : {};
}
