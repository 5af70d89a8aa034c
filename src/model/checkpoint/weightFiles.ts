// Finds and opens the weight files of a checkpoint folder: safetensors or PyTorch, whole or sharded.

import { AppError } from '../../base/errors';
import { type FileSource, openFileSource } from '../../node/fileSource';
import { baseName, joinPath } from '../../node/folder';
import { readSafetensorsHeader, type TensorInfo } from './safetensors';
import { readTorchFile } from './torch/torchFile';
import { readWeightIndex, type WeightIndex } from './weightIndex';

/** Open weight files and what is in them. */
export interface WeightFiles {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** paths, in the order of their names */
  readonly files: readonly string[];
  /** their sizes added up */
  readonly sizeBytes: number;
  readonly close: () => Promise<void>;
}

/** Endings in the order in which they are preferred. */
const ENDINGS = ['.safetensors', '.bin'] as const;

/**
 * Names that hold weights. `pytorch_model-00001-of-00003.safetensors` occurs as well
 * (refs/pr/1 of the published model); `optimizer.bin` and `training_args.bin` are something else.
 */
const WEIGHTS = /^(?:pytorch_)?model(?:-(\d{5})-of-(\d{5}))?\.(?:safetensors|bin)$/;

/**
 * Opens the weights of a folder: safetensors if there are any, else PyTorch files. With an index,
 * exactly the files that it names.
 * @param names of the entries of the folder
 * @throws AppError `CHECKPOINT_INVALID` naming the files that are missing, or the tensor that is
 *   not where the index says
 */
export async function openWeightFiles(
  folder: string,
  names: readonly string[],
): Promise<WeightFiles> {
  const { files, index } = await chooseFiles(folder, names);
  const sources: FileSource[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(sources.map((source) => source.close()));
  };
  try {
    const tensors = new Map<string, TensorInfo>();
    for (const name of files) {
      const source = await openFileSource(joinPath(folder, name));
      sources.push(source);
      for (const [tensor, info] of await readTensors(source)) {
        const other = tensors.get(tensor);
        if (other !== undefined) {
          throw invalid(folder, `${tensor} is in ${baseName(other.source.name)} and in ${name}`);
        }
        tensors.set(tensor, info);
      }
    }
    checkIndex(folder, index, tensors);
    return {
      tensors,
      files: sources.map((source) => source.name),
      sizeBytes: sources.reduce((sum, source) => sum + source.sizeBytes, 0),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Choice {
  readonly files: readonly string[];
  readonly index?: WeightIndex;
}

async function chooseFiles(folder: string, names: readonly string[]): Promise<Choice> {
  const candidates = weightNames(names);
  const ending = ENDINGS.find((one) => candidates.some((name) => name.endsWith(one)));
  // without any file, an index says what should be there
  const indexes = (ending === undefined ? ENDINGS : [ending]).flatMap((one) =>
    names
      .filter((name) => name.endsWith(`${one}.index.json`))
      .map((name) => ({ name, ending: one })),
  );
  const [index, other] = indexes;
  if (index !== undefined) {
    if (other?.ending === index.ending) {
      throw invalid(folder, `two indexes: ${index.name} and ${other.name}`);
    }
    const map = await readWeightIndex(folder, index.name, index.ending);
    const files = [...new Set(map.values())].sort();
    requireAll(folder, files, names, `named in ${index.name}`);
    return { files, index: map };
  }
  if (ending === undefined) {
    throw invalid(folder, 'no weights there: no *.safetensors and no pytorch_model*.bin');
  }
  const files = candidates.filter((name) => name.endsWith(ending));
  requireAll(folder, files.flatMap(shardsOf), files, 'of the same set');
  return { files };
}

/** Files that can be weights: by name, or any safetensors file, which is harmless to look into. */
function weightNames(names: readonly string[]): readonly string[] {
  const named = names.filter((name) => WEIGHTS.test(name));
  return named.length > 0 ? named : names.filter((name) => name.endsWith('.safetensors'));
}

/** Names of all shards of the set that a file belongs to. */
function shardsOf(name: string): readonly string[] {
  const [, part, count] = WEIGHTS.exec(name) ?? [];
  return part === undefined || count === undefined
    ? []
    : Array.from({ length: Number(count) }, (_, n) =>
        name.replace(`-${part}-of-`, `-${String(n + 1).padStart(5, '0')}-of-`),
      );
}

function requireAll(
  folder: string,
  wanted: readonly string[],
  there: readonly string[],
  which: string,
): void {
  const missing = [...new Set(wanted)].filter((name) => !there.includes(name));
  if (missing.length > 0) {
    const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
    throw invalid(
      folder,
      `${missing.slice(0, 5).join(', ')}${more}, ${which}, missing (is the download complete?)`,
    );
  }
}

async function readTensors(source: FileSource): Promise<ReadonlyMap<string, TensorInfo>> {
  await refuseStandIn(source);
  return source.name.endsWith('.safetensors')
    ? readSafetensorsHeader(source)
    : readTorchFile(source);
}

const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/** A clone without Git LFS leaves texts of 130 bytes in place of the weights. */
async function refuseStandIn(source: FileSource): Promise<void> {
  const start = await source.read(0, Math.min(LFS_POINTER.length, source.sizeBytes));
  if (new TextDecoder().decode(start) === LFS_POINTER) {
    throw new AppError(
      'CHECKPOINT_INVALID',
      `${source.name}: only a Git LFS pointer to the file: run "git lfs pull", or download it`,
      { file: source.name },
    );
  }
}

function checkIndex(
  folder: string,
  index: WeightIndex | undefined,
  tensors: ReadonlyMap<string, TensorInfo>,
): void {
  for (const [tensor, shard] of index ?? []) {
    const found = tensors.get(tensor);
    if (found === undefined || baseName(found.source.name) !== shard) {
      const where = found === undefined ? 'nowhere' : `in ${baseName(found.source.name)}`;
      throw invalid(folder, `the index says that ${tensor} is in ${shard}; it is ${where}`);
    }
  }
}

function invalid(folder: string, what: string): AppError {
  return new AppError('CHECKPOINT_INVALID', `${folder}: ${what}`, { folder });
}
