// From people's pairs to a score head: features of their answers, then the fit.

import { throwIfAborted } from '../base/abort';
import type { Progress } from '../base/progress';
import { sha256 } from '../node/hash';
import type { HeadFacts, LearnSettings } from '../sample/headFacts';
import type { HeadFault, PromptPairs } from '../sample/promptPairs';
import type { FeatureScorer } from '../sample/scorer';
import { featurePair, learnHead } from '../scoring/learnHead';
import type { FeaturePair } from '../scoring/statistics/preferenceHead';

export interface FittedHead {
  readonly weights: Float32Array;
  readonly facts: HeadFacts;
  /** samples and answers that the model gave nothing for; their pairs are left out */
  readonly faults: readonly HeadFault[];
}

export interface HeadWork {
  readonly prompts: readonly PromptPairs[];
  readonly scorer: FeatureScorer;
  /** weights that the model comes with */
  readonly published: Float32Array;
  readonly settings: LearnSettings;
}

/**
 * @param onProgress in samples whose features are known; the fit follows
 * @throws AppError `TOO_FEW_PAIRS`, `CANCELLED`, or a code of the model or the engine
 */
export async function fitHead(
  { prompts, scorer, published, settings }: HeadWork,
  onProgress: (progress: Progress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<FittedHead> {
  const numbers = new Map<string, number>();
  const used: PromptPairs[] = [];
  const features: FeaturePair[] = [];
  const faults: HeadFault[] = [];
  for (const [done, own] of prompts.entries()) {
    throwIfAborted(signal);
    const { request, prompt, pairs } = own;
    const { id, line } = request.sample;
    onProgress({ done, total: prompts.length, unit: 'samples', label: id });
    const found = await scorer.features(request, signal);
    for (const error of [...(found.error === undefined ? [] : [found.error]), ...found.errors]) {
      faults.push({ file: id, line, error });
    }
    const sample = numbers.get(prompt) ?? numbers.size;
    const known = pairs.filter(([chosen, rejected]) => {
      const [better, worse] = [found.features[chosen], found.features[rejected]];
      if (better == null || worse == null) {
        return false;
      }
      features.push(featurePair({ sample, chosen: better, rejected: worse }));
      return true;
    });
    if (known.length > 0) {
      numbers.set(prompt, sample);
      used.push({ ...own, pairs: known });
    }
  }
  onProgress({ done: prompts.length, total: prompts.length, unit: 'samples' });
  const pause = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    throwIfAborted(signal);
  };
  const { weights, fit, heldOut } = await learnHead(features, published, settings, pause);
  const [first] = used;
  if (first === undefined) {
    throw new RangeError('pairs without a prompt');
  }
  const { head: _, ...options } = first.request.options;
  const facts = { fit: { ...fit, dataSha256: dataFingerprint(used), options }, heldOut };
  return { weights, facts, faults };
}

/** SHA-256 over prompts (media by their paths) and answers, whatever the order of the pairs. */
export function dataFingerprint(prompts: readonly PromptPairs[]): string {
  const names = prompts.flatMap(({ request, prompt, pairs }) => {
    const { candidates } = request.sample;
    return pairs.map(([chosen, rejected]) =>
      sha256(JSON.stringify([prompt, candidates[chosen]?.text, candidates[rejected]?.text])),
    );
  });
  return sha256(names.sort().join('\n'));
}
