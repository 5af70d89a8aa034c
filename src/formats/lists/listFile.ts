// Files that name datasets: LLaMA-Factory's dataset_info (JSON, v1: YAML) and LLaVA-NeXT's mixtures (YAML).

import { parse } from 'yaml';
import * as z from 'zod';
import { AppError, errorText } from '../../base/errors';
import { absolutePath, baseName, folderOf } from '../../node/folder';
import { readSmallText } from '../../node/smallFile';
import { describeIssues } from '../rows/rowFormat';
import { mappingSchema, toMapping, type RowMapping } from './columnMapping';
import { parseSampling, type Sampling } from './sampling';

/** LLaMA-Factory's own list has 30 KB. */
const MAX_LIST_BYTES = 4 * 1024 * 1024;
/** Of YAML: what they stand for may grow with every one. */
const MAX_ALIASES = 100;

/** A data file of a list. */
export interface ListedFile {
  /** absolute */
  readonly path: string;
  /** as the list writes it */
  readonly written: string;
  /** of the dataset; a mixture names none */
  readonly name?: string;
  readonly mapping?: RowMapping | undefined;
  readonly sampling?: Sampling | undefined;
}

const source = z.union([
  z.looseObject({ file_name: z.string().min(1) }),
  z.looseObject({ path: z.string().min(1) }),
  z.looseObject({ hf_hub_url: z.string() }),
  z.looseObject({ ms_hub_url: z.string() }),
  z.looseObject({ om_hub_url: z.string() }),
  z.looseObject({ script_url: z.string() }),
  z.looseObject({ cloud_file_name: z.string() }),
]);
const infoSchema = z
  .record(z.string(), source)
  .refine((list) => Object.keys(list).length > 0, 'names no dataset');
const localSchema = mappingSchema.extend({
  file_name: z.string().min(1).optional(),
  path: z.string().min(1).optional(),
  source: z.string().optional(),
  num_samples: z.int().positive().nullish(),
});
const mixtureSchema = z.looseObject({
  datasets: z
    .array(
      z.looseObject({
        json_path: z.string().min(1),
        sampling_strategy: z.string().nullish(),
      }),
    )
    .min(1),
});

/** Cheap: text that may be a list, by its start. */
export function mayBeList(start: Uint8Array): boolean {
  const text = new TextDecoder().decode(start);
  return /^\s*\{/.test(text)
    ? /"(file_name|(hf|ms|om)_hub_url|script_url|cloud_file_name)"\s*:/.test(text)
    : !/^\s*\[/.test(text) && /(^|[\s{,])(json_path|path|file_name)\s*:/.test(text);
}

/**
 * Reads a list that {@link mayBeList}.
 * @returns `undefined` when it is none after all
 * @throws AppError `NOT_A_DATASET` for a list that can't be read; `FILE_NOT_FOUND`, `FILE_UNREADABLE`
 */
export async function readListFile(path: string): Promise<readonly ListedFile[] | undefined> {
  const text = await readSmallText(path, MAX_LIST_BYTES).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'FILE_UNREADABLE') {
      return undefined; // larger than any list
    }
    throw error;
  });
  const value = text === undefined ? undefined : parseList(text, path);
  const mixture = mixtureSchema.safeParse(value);
  if (mixture.success) {
    return mixture.data.datasets.map((each) => toMixed(each, path));
  }
  const info = infoSchema.safeParse(value);
  if (info.success) {
    return toLocal(info.data, path);
  }
  if (typeof value === 'object' && value !== null && 'datasets' in value) {
    throw notAList(path, describeIssues(mixture.error));
  }
  return undefined;
}

function parseList(text: string, path: string): unknown {
  if (/^\s*\{/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      return undefined; // lines of JSON, or nothing
    }
  }
  try {
    return parse(text, { maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw notAList(path, errorText(error));
  }
}

function toMixed(
  entry: z.infer<typeof mixtureSchema>['datasets'][number],
  list: string,
): ListedFile {
  const strategy = entry.sampling_strategy ?? 'all';
  const sampling = parseSampling(strategy);
  if (sampling === null) {
    const expected = 'all, first:N, end:N or random:N, with N a number or a share such as 10%';
    throw notAList(list, `sampling_strategy ${JSON.stringify(strategy)}: expected ${expected}`);
  }
  return { ...located(entry.json_path, list), sampling };
}

/** The datasets that lie on this disk: none is fetched. */
function toLocal(info: z.infer<typeof infoSchema>, list: string): readonly ListedFile[] {
  const local = Object.entries(info).flatMap(([name, found]): ListedFile[] => {
    const entry = localSchema.safeParse(found);
    if (!entry.success) {
      throw notAList(list, `${name}: ${describeIssues(entry.error)}`);
    }
    const { file_name: file, path, source: kind = 'local', num_samples: amount } = entry.data;
    const written = file ?? (kind === 'local' ? path : undefined);
    return written === undefined
      ? []
      : [
          {
            ...located(written, list),
            name,
            mapping: toMapping(entry.data),
            ...(amount == null
              ? {}
              : { sampling: { from: 'random', amount, isPercent: false } as const }),
          },
        ];
  });
  if (local.length === 0) {
    throw notAList(list, 'names no dataset on this disk; nothing is downloaded');
  }
  return local;
}

/** @throws AppError `NOT_A_DATASET` for a path that would ask another machine */
function located(written: string, list: string): Pick<ListedFile, 'path' | 'written'> {
  if (/^([\\/]{2}|[a-z][a-z0-9+.-]+:\/\/)/i.test(written)) {
    throw notAList(list, `${written}: only files on this disk are read`);
  }
  return { path: absolutePath(folderOf(list), written), written };
}

function notAList(path: string, why: string): AppError {
  return new AppError('NOT_A_DATASET', `${baseName(path)}: ${why}`, { file: path });
}
