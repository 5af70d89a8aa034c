// Runs one check of one answer for a person who waits.

import { AppError, encodeError, isCancelled } from '../base/errors';
import { PRIORITY } from '../client/engineScorer';
import type { ExplanationView } from '../protocol/explanationParts';
import { changeOf, type Check } from '../sample/explanation';
import type { Sample } from '../sample/sample';
import type { ScoreRequest } from '../sample/scorer';
import { planCheck, runPlan } from '../scoring/explain/explain';
import { canSwapMedia } from '../scoring/explain/grounding';
import { aloneRequest, rewardAt, type Plan } from '../scoring/explain/plan';
import type { EngineService } from './engineService';
import { describeError } from './messages';
import type { OpenDataset } from './sessions';

/** What takes longer is asked about first. */
const MOMENT_SECONDS = 5;
/** Rows that are looked through for another sample's pictures. */
const NEAR_ROWS = 64;

export interface Question {
  readonly check: Check;
  /** position among the sample's images, for `occlusion` */
  readonly image: number;
  /** the person knows what it costs */
  readonly isConfirmed: boolean;
}

export interface Asked {
  readonly dataset: OpenDataset;
  readonly row: number;
  /** with what the person has edited */
  readonly sample: Sample;
  readonly candidate: number;
}

/**
 * @param onProgress how far it is
 * @returns what was found, what it would cost, or why there is nothing
 * @throws AppError `CANCELLED`
 */
export async function explainAnswer(
  engine: Pick<EngineService, 'scorer' | 'rates' | 'noiseFloor'>,
  { dataset, row, sample, candidate }: Asked,
  { check, image, isConfirmed }: Question,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<ExplanationView> {
  try {
    const scorer = await engine.scorer({ priority: PRIORITY.person });
    const { score: options, mediaRoot } = dataset.settings();
    const request: ScoreRequest = { sample, mediaRoot, options };
    const own = await scorer.score(aloneRequest(request, candidate), undefined, signal);
    const { error } = rewardAt(own);
    if (error !== undefined) {
      return { state: 'error', text: describeError(error) };
    }
    const other = check === 'grounding' ? await otherSample(dataset, row, sample) : undefined;
    const { noiseFloor } = engine;
    const plan = planCheck(check, { request, candidate, own, noiseFloor, other }, image);
    if (plan === undefined) {
      return { state: 'nothing' };
    }
    if (!isConfirmed) {
      // one reward of it measures what was never measured; it is not lost
      if (engine.rates.estimateSeconds(plan.work) === undefined) {
        await scorer.score(onePart(plan, request), undefined, signal);
      }
      const seconds = engine.rates.estimateSeconds(plan.work) ?? 0;
      if (seconds > MOMENT_SECONDS) {
        const rewards = plan.requests.reduce((sum, each) => sum + each.sample.candidates.length, 0);
        return { state: 'cost', seconds, rewards };
      }
    }
    const found = await runPlan(plan, scorer, onProgress, signal);
    if (found.check !== 'grounding') {
      return { state: 'found', found };
    }
    const { grounding } = dataset.scoring;
    const change = changeOf(found.own, found.without);
    if (change !== undefined) {
      grounding.add(JSON.stringify([sample.line, sample.candidates[candidate]?.text]), change);
    }
    return { state: 'found', found, usual: grounding.usual() };
  } catch (error) {
    if (isCancelled(error) || !(error instanceof AppError)) {
      throw error;
    }
    return { state: 'error', text: describeError(encodeError(error)) };
  }
}

/** One of a check's rewards, of about the middle length. */
function onePart({ requests }: Plan, otherwise: ScoreRequest): ScoreRequest {
  const [first = otherwise] = requests;
  const { candidates } = first.sample;
  return aloneRequest(first, Math.floor((candidates.length - 1) / 2));
}

/** A sample nearby whose pictures can stand in: after this row first, then before it. */
async function otherSample(
  { session }: OpenDataset,
  row: number,
  sample: Sample,
): Promise<Sample | undefined> {
  const { dataset } = session;
  for (let step = 1; step <= NEAR_ROWS; step += 1) {
    for (const near of [row + step, row - step]) {
      const result = near < 0 ? undefined : await dataset.row(near);
      if (result?.ok === true && canSwapMedia(sample, result.sample)) {
        return result.sample;
      }
    }
  }
  return undefined;
}
