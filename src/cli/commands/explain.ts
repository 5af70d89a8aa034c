// `rewardlens explain`: why answers of one sample have their rewards, one JSON line per check.

import { AppError } from '../../base/errors';
import { EngineScorer, PRIORITY } from '../../client/engineScorer';
import { readCandidateFile } from '../../formats/readCandidateFile';
import { absolutePath, folderOf } from '../../node/folder';
import { PREPARE } from '../../protocol/engineProtocol';
import type { DeviceChoice } from '../../sample/device';
import { REPEATABLE } from '../../client/engineClient';
import type { Check } from '../../sample/explanation';
import type { Compat } from '../../sample/reward';
import type { Sample } from '../../sample/sample';
import { DEFAULT_SCORE_OPTIONS, type FrameLabelMode, type ScoreRequest } from '../../sample/scorer';
import { planCheck, runPlan } from '../../scoring/explain/explain';
import { canSwapMedia } from '../../scoring/explain/grounding';
import { aloneRequest, rewardAt } from '../../scoring/explain/plan';
import { announceModel, chooseHead, chooseModel, type Session } from '../session';
import { EXIT } from '../terminal';

export interface ExplainFlags {
  readonly model?: string;
  readonly device: DeviceChoice;
  readonly head?: string;
  readonly mediaRoot?: string;
  readonly hdNum?: number;
  readonly maxLength?: number;
  readonly compat: Compat;
  readonly frameLabels: FrameLabelMode;
  /** lines in the file, from 1; all without it */
  readonly line?: number;
  /** index of an answer; all without it */
  readonly candidate?: number;
  readonly checks: readonly Check[];
}

/** @returns the exit code */
export async function explainCommand(
  { terminal, engine, signal }: Session,
  file: string,
  flags: ExplainFlags,
): Promise<number> {
  const model = await chooseModel({ engine, signal }, flags.model);
  announceModel(terminal, model);
  const head = await chooseHead(terminal, model, flags.head);
  const { device: choice } = flags;
  const modelFolder = model.facts.folder;
  const params = { modelFolder, device: choice };
  const { device } = await engine.call({ type: PREPARE, params, retry: REPEATABLE, signal });
  const scorer = new EngineScorer(engine, modelFolder, choice, PRIORITY.batch);
  const mediaRoot = absolutePath(flags.mediaRoot ?? folderOf(file));
  const options = {
    compat: flags.compat,
    hdNum: flags.hdNum ?? DEFAULT_SCORE_OPTIONS.hdNum,
    maxLength: flags.maxLength ?? DEFAULT_SCORE_OPTIONS.maxLength,
    frameLabels: flags.frameLabels,
    ...(head === undefined ? {} : { head }),
  };
  const samples: Sample[] = [];
  let failed = 0;
  for await (const row of readCandidateFile(file, flags.compat, signal)) {
    if (row.ok) {
      samples.push(row.sample);
    } else if (flags.line === undefined || flags.line === row.line) {
      failed += 1;
      terminal.fail(`${file}:${row.line}`, row.error);
    }
  }
  const wanted = samples.filter(({ line }) => flags.line === undefined || flags.line === line);
  if (wanted.length === 0 && failed === 0) {
    throw new AppError('USAGE', `${file} has no sample on line ${flags.line ?? 1}`);
  }
  let explained = 0;
  for (const sample of wanted) {
    const request: ScoreRequest = { sample, mediaRoot, options };
    const other = otherSample(samples, sample);
    for (const candidate of candidatesOf(sample, flags.candidate)) {
      const own = await scorer.score(aloneRequest(request, candidate), undefined, signal);
      const { error } = rewardAt(own);
      if (error !== undefined) {
        failed += 1;
        terminal.fail(`${file}:${sample.line}`, error);
        continue;
      }
      const noiseFloor = device.noiseFloor ?? 0;
      const subject = { request, candidate, own, noiseFloor, other };
      for (const check of flags.checks) {
        const plan = planCheck(check, subject);
        const found = plan && (await runPlan(plan, scorer, undefined, signal));
        const { id, line } = sample;
        // null: the check says nothing about this answer
        terminal.print(
          `${JSON.stringify({ id, line, candidate, check, result: found ?? null })}\n`,
        );
        explained += 1;
      }
    }
  }
  return explained === 0 ? EXIT.nothing : failed > 0 ? EXIT.partly : EXIT.ok;
}

function candidatesOf({ candidates, line }: Sample, only: number | undefined): readonly number[] {
  if (only !== undefined && only >= candidates.length) {
    throw new AppError('USAGE', `the sample on line ${line} has ${candidates.length} answers`);
  }
  return only === undefined ? candidates.map((_, n) => n) : [only];
}

/** The next sample, round the end, whose media can stand in. */
function otherSample(samples: readonly Sample[], sample: Sample): Sample | undefined {
  const at = samples.indexOf(sample);
  return [...samples.slice(at + 1), ...samples.slice(0, at)].find((other) =>
    canSwapMedia(sample, other),
  );
}
