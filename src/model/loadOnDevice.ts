// Loads a model on the first device that is there, passes its test and has the memory.

import { AppError, encodeError, type EncodedError } from '../base/errors';
import {
  DEVICE_NAMES,
  devicesToTry,
  isNoisy,
  type Device,
  type DeviceChoice,
  type DeviceRefusal,
  type DeviceUse,
} from '../sample/device';
import type { CudaProvider } from './cudaProvider';
import { explainOutOfMemory } from './deviceFault';
import { testDevice, touchDevice, type DeviceTestResult } from './deviceTest';
import { FUSED, type GraphVariants } from './graphVariant';
import { modelBytes, readManifest, type Manifest } from './manifest';
import { measureNoiseFloor } from './noiseFloor';
import { openSession, runtimeFacts, type OpenSession } from './ortRuntime';
import { RewardModel } from './rewardModel';

/** What the process knows about its devices. Test results hold for the process only. */
export class Devices {
  readonly #tests = new Map<string, Promise<DeviceTestResult>>();
  /** devices that failed while they worked: `auto` goes past them */
  readonly #broken: { readonly device: Device; readonly folder?: string; error: EncodedError }[] =
    [];

  constructor(
    readonly threads: number,
    readonly platform: string,
    readonly cuda: CudaProvider,
    readonly open: OpenSession = openSession,
  ) {}

  /** From now on `auto` goes past this device, for the model in `folder` or for all models. */
  markBroken(device: Device, error: EncodedError, folder?: string): void {
    this.#broken.push({ device, error, ...(folder === undefined ? {} : { folder }) });
  }

  /**
   * Runs the start-up test, once per device, runtime and model.
   * @throws AppError `DEVICE_UNAVAILABLE`, `DEVICE_OUT_OF_MEMORY` or `RUNTIME_FAILED`
   */
  async test(folder: string, manifest: Manifest, device: Device): Promise<DeviceTestResult> {
    await this.#requirePresent(device);
    const key = `${device} ${runtimeFacts().version} ${manifest.fingerprint}`;
    const known =
      this.#tests.get(key) ??
      touchDevice(device, this.open).then(() =>
        testDevice(folder, manifest, device, this.threads, this.open),
      );
    this.#tests.set(key, known);
    return known.catch((error: unknown) => {
      this.#tests.delete(key);
      throw sized(this.#explained(error, device), manifest);
    });
  }

  /**
   * @param onTry called before a device is touched: a faulty driver may end the process
   * @throws AppError when the device asked for can't be used, or the folder is no model
   */
  async load(
    folder: string,
    choice: DeviceChoice,
    onTry: (device: Device) => void = () => undefined,
  ): Promise<{ readonly model: RewardModel; readonly use: DeviceUse }> {
    const manifest = await readManifest(folder);
    const refused: DeviceRefusal[] = [];
    for (const device of devicesToTry(choice, this.platform)) {
      const broken = this.#broken.find(
        (fault) => fault.device === device && (fault.folder ?? folder) === folder,
      );
      if (choice === 'auto' && broken !== undefined) {
        refused.push({ device, error: broken.error });
        continue;
      }
      try {
        onTry(device);
        const variants = device === 'cpu' ? FUSED : await this.#variants(folder, manifest, device);
        const options = { threads: this.threads, device };
        const model = await RewardModel.load(folder, options, variants, this.open);
        const noise = isNoisy(device) ? { noiseFloor: await noiseOf(model, device) } : {};
        return { model, use: { device, id: deviceId(device, variants), ...noise, refused } };
      } catch (thrown) {
        const error = sized(thrown, manifest);
        if (choice !== 'auto' || device === 'cpu' || !isDeviceFault(error)) {
          throw error;
        }
        refused.push({ device, error: encodeError(error) });
      }
    }
    throw new RangeError(`no device for ${choice}`);
  }

  async #variants(folder: string, manifest: Manifest, device: Device): Promise<GraphVariants> {
    return (await this.test(folder, manifest, device)).variants;
  }

  async #requirePresent(device: Device): Promise<void> {
    const crash = this.#broken.find((fault) => fault.device === device && !fault.folder);
    if (crash !== undefined) {
      throw new AppError(crash.error.code, crash.error.message, { device });
    }
    if (!runtimeFacts().backends.includes(device)) {
      throw new AppError(
        'DEVICE_UNAVAILABLE',
        `${DEVICE_NAMES[device]}: not in this build of ONNX Runtime`,
        { device },
      );
    }
    const missing = device === 'cuda' ? await this.cuda.missing() : undefined;
    if (missing !== undefined) {
      throw new AppError('DEVICE_UNAVAILABLE', missing, { device });
    }
  }

  /** The runtime does not say which library a provider lacks: the loader does. */
  #explained(error: unknown, device: Device): unknown {
    const unloadable =
      device === 'cuda' && error instanceof AppError && /load shared library/i.test(error.message);
    const fault = unloadable ? this.cuda.loaderFault() : undefined;
    return fault === undefined ? error : new AppError('DEVICE_UNAVAILABLE', fault, { device });
  }
}

/** @throws what the device says, or that it gives no numbers; the model is released then */
async function noiseOf(model: RewardModel, device: Device): Promise<number> {
  try {
    const noise = await measureNoiseFloor(model);
    if (!Number.isFinite(noise)) {
      const message = `${DEVICE_NAMES[device]}: rewards are not finite numbers`;
      throw new AppError('DEVICE_UNAVAILABLE', message, { device });
    }
    return noise;
  } catch (error) {
    await model.release();
    throw error;
  }
}

/** Other forms of attention round differently: their rewards are not those of the fused one. */
function deviceId(device: Device, { vision, decoder }: GraphVariants): string {
  const forms = [
    ...(decoder === 'fused' ? [] : [decoder]),
    ...(vision === 'fused' ? [] : ['plainvision']),
  ];
  return [device, ...forms].join('-');
}

function isDeviceFault(error: unknown): boolean {
  return (
    error instanceof AppError &&
    ['DEVICE_UNAVAILABLE', 'DEVICE_OUT_OF_MEMORY', 'RUNTIME_FAILED'].includes(error.code)
  );
}

/** Says how large the model is where memory ran out while it was loaded. */
function sized(error: unknown, manifest: Manifest): unknown {
  return error instanceof AppError &&
    error.code === 'DEVICE_OUT_OF_MEMORY' &&
    error.data.modelBytes === undefined
    ? explainOutOfMemory(error, {
        modelBytes: modelBytes(manifest),
        precision: manifest.precision,
        prefixTokens: 0,
      })
    : error;
}
