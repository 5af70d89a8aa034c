// What a command works with: the terminal, the engine, the model, and the wish to stop.

import { EngineClient, REPEATABLE } from '../client/engineClient';
import { readHeadFile } from '../formats/headFile';
import { absolutePath, joinPath } from '../node/folder';
import { DESCRIBE_MODEL, PREPARE, type ModelFacts } from '../protocol/engineProtocol';
import { DEVICE_NAMES, usesPlainAttention, type DeviceChoice } from '../sample/device';
import { requireHeadOf, type ScoreHead } from '../sample/scoreHead';
import { DEMO_LABEL } from '../sample/standIn';
import { Terminal } from './terminal';

export interface Session {
  readonly terminal: Terminal;
  readonly engine: EngineClient;
  /** fires on Ctrl+C */
  readonly signal: AbortSignal;
}

/** Where a model folder came from, for people. */
export interface ChosenModel {
  readonly facts: ModelFacts;
  readonly origin: string;
}

/** `dist/`, where the bundles lie. */
const BUNDLE_FOLDER = __dirname;

/** Runs a command with an engine of its own and ends that engine, whatever happens. */
export async function withSession(
  verbose: boolean,
  command: (session: Session) => Promise<number>,
): Promise<number> {
  const terminal = new Terminal(process.stdout, process.stderr, verbose);
  const controller = new AbortController();
  const engine = new EngineClient({
    script: joinPath(BUNDLE_FOLDER, 'engine.js'),
    logger: terminal.logger,
    idleStopMs: 0,
  });
  // the first ends the command when the engine lets it, the second ends the engine
  const interrupt = (): void =>
    controller.signal.aborted ? void engine.kill() : controller.abort();
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  engine.onStatus.on((status) => {
    if (status.state === 'restarting' && !controller.signal.aborted) {
      terminal.note(`The scoring engine stopped (${status.reason}) and is being restarted.`);
    }
  });
  engine.onDevice.on((use) => {
    const plain = usesPlainAttention(use)
      ? ', with plain attention: faster forms failed the test'
      : '';
    terminal.note(`Device: ${DEVICE_NAMES[use.device]}${plain}`);
    for (const { error } of use.refused) {
      terminal.note(`  not used: ${error.message}`);
    }
  });
  try {
    return await command({ terminal, engine, signal: controller.signal });
  } catch (error) {
    return terminal.end(error);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    await (controller.signal.aborted ? engine.kill() : engine.stop());
    engine.dispose();
  }
}

/**
 * The model a command uses: the option, then REWARDLENS_MODEL, then the bundled one.
 * @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID` or `CANCELLED`
 */
export async function chooseModel(
  { engine, signal }: Pick<Session, 'engine' | 'signal'>,
  option: string | undefined,
): Promise<ChosenModel> {
  const variable = process.env.REWARDLENS_MODEL;
  const [folder, origin] =
    option !== undefined
      ? [option, '--model']
      : variable !== undefined && variable !== ''
        ? [variable, 'REWARDLENS_MODEL']
        : [joinPath(BUNDLE_FOLDER, '..', 'media', 'demo-model'), 'bundled'];
  const facts = await engine.call({
    type: DESCRIBE_MODEL,
    params: { modelFolder: absolutePath(folder) },
    signal,
  });
  return { facts, origin };
}

/** Names the model and warns when its rewards mean nothing. */
export function announceModel(terminal: Terminal, { facts, origin }: ChosenModel): void {
  terminal.note(`Model: ${facts.fingerprint} (${origin}: ${facts.folder})`);
  if (facts.label !== undefined) {
    const means =
      facts.label === DEMO_LABEL
        ? 'Demo model: judges synthetic shapes only.'
        : `This model is a stand-in (${facts.label}): its rewards do not judge answers.`;
    terminal.note(`${means} Give a real one with --model.`);
  }
}

/**
 * The head of a head file, announced: its rewards are not those of the model's own.
 * @param path `undefined`: the published head
 * @throws AppError `HEAD_INVALID`, `FILE_NOT_FOUND` or `FILE_UNREADABLE`
 */
export async function chooseHead(
  terminal: Terminal,
  { facts: { fingerprint } }: ChosenModel,
  path: string | undefined,
): Promise<ScoreHead | undefined> {
  if (path === undefined) {
    return undefined;
  }
  const { head, facts } = await readHeadFile(path);
  requireHeadOf(head, fingerprint);
  const { accuracyGain, accuracyInterval } = facts.heldOut;
  const points = (share: number): string => (100 * share).toFixed(1);
  terminal.note(
    `Head: ${head.id} (${path}), fitted to ${facts.fit.pairs} pairs; held-out gain ` +
      `${points(accuracyGain)} points (95 % interval ${points(accuracyInterval.low)} to ` +
      `${points(accuracyInterval.high)}). Rewards are not those of the published head.`,
  );
  return head;
}

/**
 * Loads the model and settles where it computes, before anything is written.
 * @returns the device's id
 * @throws AppError `DEVICE_UNAVAILABLE` or `DEVICE_OUT_OF_MEMORY` when the device asked for fails
 */
export async function settleDevice(
  { engine, signal }: Session,
  { facts }: ChosenModel,
  device: DeviceChoice,
): Promise<string> {
  const prepared = await engine.call({
    type: PREPARE,
    params: { modelFolder: facts.folder, device },
    retry: REPEATABLE,
    signal,
  });
  return prepared.device.id;
}
