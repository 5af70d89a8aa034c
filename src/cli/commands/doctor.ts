// `rewardlens doctor`: what is installed, what works, and why the rest does not.

import { throwIfAborted } from '../../base/abort';
import { AppError, encodeError } from '../../base/errors';
import {
  SELF_TEST,
  TEST_DEVICES,
  type DeviceReport,
  type SelfTestAnswer,
} from '../../protocol/engineProtocol';
import { DEVICE_NAMES, type DeviceChoice } from '../../sample/device';
import { findFfmpeg } from '../../vision/ffmpegTools';
import { version } from '../../../package.json';
import { chooseModel, type Session } from '../session';
import { EXIT } from '../terminal';

export interface DoctorFlags {
  readonly model?: string;
  readonly device: DeviceChoice;
  readonly json?: boolean;
}

interface DoctorReport {
  readonly rewardlens: string;
  readonly system: string;
  readonly node: string;
  /** `null`, as sharp, when the engine does not start */
  readonly onnxruntime: string | null;
  readonly sharp: string | null;
  readonly engine:
    | { readonly ok: true }
    | {
        readonly ok: false;
        readonly code: string;
        readonly message: string;
        /** what the engine's process said last */
        readonly log: readonly string[];
      };
  readonly devices: readonly DeviceLine[];
  readonly model:
    | { readonly ok: true; readonly origin: string; readonly selfTest: SelfTestAnswer }
    | { readonly ok: false; readonly code: string; readonly message: string };
  readonly ffmpeg: string | null;
}

/** What became of a device. */
interface DeviceLine {
  readonly name: string;
  readonly usable: boolean;
  readonly why?: string;
  readonly trials?: DeviceReport['trials'];
  readonly tolerance?: number;
}

/** @returns 0 when scoring works, else 1 @throws AppError `CANCELLED` */
export async function doctorCommand(session: Session, flags: DoctorFlags): Promise<number> {
  const { terminal } = session;
  const report: DoctorReport = {
    rewardlens: version,
    system: `${process.platform} ${process.arch}`,
    ...(await testEngine(session, flags)),
    ffmpeg: await describeFfmpeg(),
  };
  throwIfAborted(session.signal);
  terminal.print(flags.json === true ? `${JSON.stringify(report, null, 2)}\n` : toText(report));
  return report.model.ok && report.model.selfTest.repeatable ? EXIT.ok : EXIT.nothing;
}

type EngineReport = Pick<
  DoctorReport,
  'node' | 'onnxruntime' | 'sharp' | 'engine' | 'devices' | 'model'
>;

async function testEngine(session: Session, flags: DoctorFlags): Promise<EngineReport> {
  try {
    const { node, onnxruntime, sharp } = await session.engine.hello();
    return {
      node,
      onnxruntime,
      sharp,
      engine: { ok: true },
      devices: await testDevices(session, flags.model),
      model: await testModel(session, flags),
    };
  } catch (error) {
    throwIfAborted(session.signal); // whatever fails then is no finding
    const { code, message, data } = encodeError(error);
    const log = String(data?.log ?? '').split('\n');
    return {
      node: process.versions.node,
      onnxruntime: null,
      sharp: null,
      engine: { ok: false, code, message, log: log.filter((line) => line !== '') },
      devices: [],
      model: { ok: false, code, message: 'not tested: the scoring engine does not start' },
    };
  }
}

/** Version and path; `null` without ffmpeg. */
async function describeFfmpeg(): Promise<string | null> {
  try {
    const { ffmpeg, version } = await findFfmpeg(process.env.REWARDLENS_FFMPEG ?? '');
    return `${version} (${ffmpeg})`;
  } catch (error) {
    if (error instanceof AppError && error.code === 'FFMPEG_NOT_FOUND') {
      return null;
    }
    throw error;
  }
}

/** Every device, tested with a layer of the model; without a model none is. */
async function testDevices(session: Session, option: string | undefined): Promise<DeviceLine[]> {
  const reports = await reportsOf(session, option);
  return reports.map(({ device, error, trials, tolerance }) => ({
    name: device,
    usable: error === undefined,
    ...(error === undefined ? {} : { why: error.message }),
    ...(tolerance === undefined ? {} : { trials, tolerance }),
  }));
}

async function reportsOf(
  { engine, signal }: Session,
  option: string | undefined,
): Promise<readonly DeviceReport[]> {
  try {
    const { facts } = await chooseModel({ engine, signal }, option);
    return await engine.call({
      type: TEST_DEVICES,
      params: { modelFolder: facts.folder },
      retry: { running: () => true, onRetry: () => undefined },
      signal,
    });
  } catch (error) {
    throwIfAborted(signal);
    if (!(error instanceof AppError)) {
      throw error;
    }
    return []; // the model's own line says what is wrong
  }
}

async function testModel(
  { engine, signal }: Session,
  { model: option, device }: DoctorFlags,
): Promise<DoctorReport['model']> {
  try {
    const { facts, origin } = await chooseModel({ engine, signal }, option);
    const params = { modelFolder: facts.folder, device };
    const selfTest = await engine.call({ type: SELF_TEST, params, signal });
    return { ok: true, origin, selfTest };
  } catch (error) {
    throwIfAborted(signal);
    const { code, message } = encodeError(error);
    return { ok: false, code, message };
  }
}

function toDeviceText({ name, usable, why, trials = [], tolerance }: DeviceLine): string {
  const measured = trials.map(
    ({ part, variant, difference, passed, fault }) =>
      `${part} ${variant} ${fault ?? difference?.toExponential(1) ?? 'not finite'}` +
      (passed ? '' : ' FAILED'),
  );
  const test =
    tolerance === undefined
      ? ''
      : `; difference to the CPU: ${measured.join(', ')} (at most ${tolerance.toExponential(0)})`;
  return `device ${name}: ${usable ? 'usable' : `not usable: ${why ?? ''}`}${test}`;
}

function toText(report: DoctorReport): string {
  const { engine, model } = report;
  const lines = [
    `RewardLens ${report.rewardlens}, Node ${report.node}, ${report.system}`,
    ...(engine.ok
      ? [`ONNX Runtime ${report.onnxruntime ?? ''}, sharp ${report.sharp ?? ''}`]
      : [`engine: ${engine.code}: ${engine.message}`, ...engine.log.map((line) => `  ${line}`)]),
    ...report.devices.map(toDeviceText),
    `ffmpeg: ${report.ffmpeg ?? 'not found (needed for videos)'}`,
  ];
  if (!model.ok) {
    return [...lines, `model: ${model.code}: ${model.message}`, ''].join('\n');
  }
  const { selfTest } = model;
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  return [
    ...lines,
    `device in use: ${DEVICE_NAMES[selfTest.device.device]} (${selfTest.device.id})`,
    `model: ${selfTest.model.fingerprint} (${model.origin}: ${selfTest.model.folder})`,
    ...(selfTest.model.label === undefined ? [] : [`model label: ${selfTest.model.label}`]),
    `self-test: load ${ms(selfTest.msLoad)}, one tile ${ms(selfTest.msVision)}, ` +
      `one answer ${ms(selfTest.msDecoder)}`,
    `self-test: ${selfTest.repeatable ? 'rewards repeat' : 'REWARDS DO NOT REPEAT'}, ` +
      `divided and undivided differ by ${selfTest.undividedDifference.toExponential(1)}`,
    '',
  ].join('\n');
}
