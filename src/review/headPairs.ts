// The pairs that a score head learns from: what people voted for, prompt by prompt.

import canonicalize from 'canonicalize';
import { throwIfAborted } from '../base/abort';
import { AppError, encodeError } from '../base/errors';
import { readCandidateFile } from '../formats/readCandidateFile';
import type { HeadFault, PromptPairs } from '../sample/promptPairs';
import type { Sample } from '../sample/sample';
import type { ScoreOptions } from '../sample/scorer';
import { pairsByVerdicts, type VerdictSource } from './pairSources';

/** A dataset with its journal. */
export interface HeadDataset extends VerdictSource {
  /** folder that media paths of the dataset are relative to */
  readonly mediaRoot: string;
  readonly journal: string;
}

export interface HeadData {
  readonly prompts: readonly PromptPairs[];
  readonly faults: readonly HeadFault[];
  /** pairs that people disagree on: they are left out */
  readonly disputed: number;
  /** verdicts on samples that have changed since: they are left out */
  readonly stale: number;
  /** pairs of accepted orders, for which nobody voted: they are left out */
  readonly accepted: number;
}

/**
 * Every two answers of which a person put one above the other.
 * @throws AppError `CANCELLED`, and what makes the only dataset unreadable
 */
export async function readHeadPairs(
  datasets: readonly HeadDataset[],
  options: ScoreOptions,
  signal?: AbortSignal,
): Promise<HeadData> {
  const prompts: PromptPairs[] = [];
  const faults: HeadFault[] = [];
  const left = { disputed: 0, stale: 0, accepted: 0 };
  for (const dataset of datasets) {
    const { path: file } = dataset;
    try {
      await addDataset(dataset, options, { prompts, faults, left }, signal);
    } catch (error) {
      if (datasets.length === 1 || !(error instanceof AppError) || error.code === 'CANCELLED') {
        throw error;
      }
      faults.push({ file, error: encodeError(error) });
    }
  }
  return { prompts, faults, ...left };
}

/** What the datasets give, as it grows. */
interface Found {
  readonly prompts: PromptPairs[];
  readonly faults: HeadFault[];
  readonly left: { disputed: number; stale: number; accepted: number };
}

async function addDataset(
  dataset: HeadDataset,
  options: ScoreOptions,
  { prompts, faults, left }: Found,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { path: file, mapped, journal, mediaRoot } = dataset;
  const chooser = await pairsByVerdicts(dataset, journal, undefined, 'all');
  try {
    faults.push(
      ...chooser.faults.map(({ line, reason }): HeadFault => {
        return { file: journal, line, error: { code: 'JOURNAL_UNREADABLE', message: reason } };
      }),
    );
    for await (const row of readCandidateFile(file, options.compat, signal, mapped)) {
      throwIfAborted(signal);
      if (!row.ok) {
        faults.push({ file, line: row.line, error: row.error });
        continue;
      }
      const { pairs, disputed, stale } = await chooser.choose(row.sample);
      const voted = pairs.filter(({ accepted }) => !accepted);
      left.disputed += disputed;
      left.stale += stale;
      left.accepted += pairs.length - voted.length;
      if (voted.length > 0) {
        const texts = voted.map(({ chosen, rejected }) => [chosen.text, rejected.text] as const);
        prompts.push(promptPairs(row.sample, texts, mediaRoot, options));
      }
    }
  } finally {
    await chooser.close();
  }
}

function promptPairs(
  sample: Sample,
  pairs: readonly (readonly [string, string])[],
  mediaRoot: string,
  options: ScoreOptions,
): PromptPairs {
  const texts = [...new Set(pairs.flat())];
  const candidates = texts.map((text) => ({ text }));
  return {
    request: { sample: { ...sample, candidates }, mediaRoot, options },
    prompt: promptOf(sample),
    pairs: pairs.map(([chosen, rejected]) => [texts.indexOf(chosen), texts.indexOf(rejected)]),
  };
}

function promptOf({ messages, images, videos }: Sample): string {
  return canonicalize({ messages, images, videos }) ?? '';
}
