// `rewardlens doctor`: what is installed, what works, and why the rest does not.

import { encodeError } from '../../base/errors';
import { findProgram } from '../../node/folder';
import { SELF_TEST, type SelfTestAnswer } from '../../protocol/engineProtocol';
import { version } from '../../../package.json';
import { chooseModel, type Session } from '../session';
import { EXIT } from '../terminal';

export interface DoctorFlags {
  readonly model?: string;
  readonly json?: boolean;
}

interface DoctorReport {
  readonly rewardlens: string;
  readonly system: string;
  readonly node: string;
  readonly onnxruntime: string;
  readonly sharp: string;
  readonly devices: readonly {
    readonly name: string;
    readonly usable: boolean;
    readonly why?: string;
  }[];
  readonly model:
    | { readonly ok: true; readonly origin: string; readonly selfTest: SelfTestAnswer }
    | { readonly ok: false; readonly code: string; readonly message: string };
  readonly ffmpeg: string | null;
}

/** @returns 0 when scoring works, else 1 */
export async function doctorCommand(session: Session, flags: DoctorFlags): Promise<number> {
  const { terminal, engine } = session;
  const facts = await engine.hello();
  const report: DoctorReport = {
    rewardlens: version,
    system: `${process.platform} ${process.arch}`,
    node: facts.node,
    onnxruntime: facts.onnxruntime,
    sharp: facts.sharp,
    devices: facts.backends.map((name) =>
      name === 'cpu'
        ? { name, usable: true }
        : { name, usable: false, why: 'this version of RewardLens scores on the CPU' },
    ),
    model: await testModel(session, flags.model),
    ffmpeg: (await findProgram('ffmpeg')) ?? null,
  };
  terminal.print(flags.json === true ? `${JSON.stringify(report, null, 2)}\n` : toText(report));
  return report.model.ok && report.model.selfTest.repeatable ? EXIT.ok : EXIT.nothing;
}

async function testModel(
  { engine, signal }: Session,
  option: string | undefined,
): Promise<DoctorReport['model']> {
  try {
    const { facts, origin } = await chooseModel(engine, option);
    const params = { modelFolder: facts.folder };
    const selfTest = await engine.call({ type: SELF_TEST, params, signal });
    return { ok: true, origin, selfTest };
  } catch (error) {
    const { code, message } = encodeError(error);
    return { ok: false, code, message };
  }
}

function toText(report: DoctorReport): string {
  const { model } = report;
  const lines = [
    `RewardLens ${report.rewardlens}, Node ${report.node}, ${report.system}`,
    `ONNX Runtime ${report.onnxruntime}, sharp ${report.sharp}`,
    ...report.devices.map(
      ({ name, usable, why }) => `device ${name}: ${usable ? 'usable' : `not used: ${why ?? ''}`}`,
    ),
    `ffmpeg: ${report.ffmpeg ?? 'not on PATH (needed for video)'}`,
  ];
  if (!model.ok) {
    return [...lines, `model: ${model.code}: ${model.message}`, ''].join('\n');
  }
  const { selfTest } = model;
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  return [
    ...lines,
    `model: ${selfTest.model.fingerprint} (${model.origin}: ${selfTest.model.folder})`,
    ...(selfTest.model.label === undefined ? [] : [`model label: ${selfTest.model.label}`]),
    `self-test: load ${ms(selfTest.msLoad)}, one tile ${ms(selfTest.msVision)}, ` +
      `one answer ${ms(selfTest.msDecoder)}`,
    `self-test: ${selfTest.repeatable ? 'rewards repeat' : 'REWARDS DO NOT REPEAT'}, ` +
      `divided and undivided differ by ${selfTest.undividedDifference.toExponential(1)}`,
    '',
  ].join('\n');
}
