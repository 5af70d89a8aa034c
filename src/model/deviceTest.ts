// Start-up test of a device: one layer of the model's own decoder and vision tower, against the CPU.

import { AppError, errorText } from '../base/errors';
import { DEVICE_NAMES, type Device } from '../sample/device';
import type { GraphVariants } from './graphVariant';
import { decoderProbe, visionProbe, withSession, type LayerProbe } from './layerProbe';
import type { Manifest } from './manifest';
import { GraphBuilder } from './onnx/graphBuilder';
import { floatData, floatTensor, type GraphSource, type OpenSession } from './ortRuntime';

/**
 * Largest difference to the CPU that is still rounding, relative to the root mean square of the
 * CPU's values. Wrong kernels were seen at 10⁻² to 1, right ones at 10⁻⁶: whatever form the weights
 * have, arithmetic is float32. Only activations of 8 bits (accuracy_level 4) differ by 10⁻³ to 10⁻².
 */
export function deviceTolerance({ accuracyLevels }: Pick<Manifest, 'accuracyLevels'>): number {
  return Object.values(accuracyLevels ?? {}).includes(EIGHT_BIT_ACTIVATIONS) ? 3e-2 : 5e-4;
}

/** ONNX Runtime: MatMulNBits accuracy_level */
const EIGHT_BIT_ACTIVATIONS = 4;

/** One graph on the device: what was tried, in order, and how far it was from the CPU. */
export interface Trial {
  readonly part: keyof GraphVariants;
  readonly variant: GraphVariants[keyof GraphVariants];
  /** relative to the root mean square; infinite when values were not finite or there were none */
  readonly difference: number;
  readonly passed: boolean;
  /** what the runtime said where it could not run the graph */
  readonly fault?: string;
}

export interface DeviceTestResult {
  /** the first variants that agree with the CPU */
  readonly variants: GraphVariants;
  readonly trials: readonly Trial[];
  readonly tolerance: number;
}

/**
 * Runs the first layer of the decoder and of the vision tower on the device and on the CPU.
 * @param open opens sessions: tests put a faulty device here
 * @throws AppError `DEVICE_UNAVAILABLE` with the measured differences when no variant agrees, or
 *   what the runtime says when it can't run at all
 */
export async function testDevice(
  folder: string,
  manifest: Manifest,
  device: Device,
  threads: number,
  open: OpenSession,
): Promise<DeviceTestResult> {
  const tolerance = deviceTolerance(manifest);
  const trials: Trial[] = [];
  const choose = async <Part extends keyof GraphVariants>(
    probe: LayerProbe<Part>,
  ): Promise<GraphVariants[Part]> => {
    const reference = await probe.run(open, 'fused', 'cpu', threads);
    const variants = probe.variantsFor(device);
    const tried: Trial[] = [];
    for (const variant of variants) {
      const isLast = variant === variants.at(-1);
      const trial = await probe.run(open, variant, device, threads).then(
        (values) => ({ difference: relativeDifference(reference, values) }),
        (error: unknown) => failedTrial(error, isLast),
      );
      const passed = trial.difference <= tolerance;
      tried.push({ part: probe.part, variant, ...trial, passed });
      if (passed) {
        trials.push(...tried);
        return variant;
      }
    }
    throw new AppError(
      'DEVICE_UNAVAILABLE',
      `${DEVICE_NAMES[device]}: the ${probe.part} layer of the self-test differs from the CPU ` +
        `(${tried.map(toText).join(', ')}; at most ${tolerance.toExponential(0)} is rounding)`,
      { device },
    );
  };
  const decoder = await choose(await decoderProbe(folder, manifest));
  const sight = manifest.dims.vision;
  const vision = sight === undefined ? 'fused' : await choose(await visionProbe(folder, sight));
  return { variants: { decoder, vision }, trials, tolerance };
}

/**
 * Runs one addition on the device, so that a device that is not there costs no reading of weights.
 * @throws AppError `DEVICE_UNAVAILABLE`, `DEVICE_OUT_OF_MEMORY` or `RUNTIME_FAILED`
 */
export async function touchDevice(device: Device, open: OpenSession): Promise<void> {
  const g = new GraphBuilder('presence', new Map());
  const x = g.input('x', 'float', [1]);
  g.output('sum', g.op('Add', [x, x]), 'float', [1]);
  const source: GraphSource = { bytes: g.build(), folder: '.', name: 'presence check' };
  await withSession(open, source, { device, threads: 1 }, async (session) => {
    const feeds = { x: floatTensor(Float32Array.of(21), [1]) };
    const [sum] = floatData(await session.run(feeds, ['sum']), 'sum');
    if (sum !== 42) {
      throw new AppError(
        'DEVICE_UNAVAILABLE',
        `${DEVICE_NAMES[device]}: 21 + 21 gave ${sum ?? ''}`,
        {
          device,
        },
      );
    }
  });
}

/**
 * A device that runs out of memory or is gone fails whatever the form; one that lacks an operator
 * may have those of the next form.
 * @throws what was thrown where no other form can help
 */
function failedTrial(error: unknown, isLast: boolean): Pick<Trial, 'difference' | 'fault'> {
  if (isLast || !(error instanceof AppError) || error.code !== 'RUNTIME_FAILED') {
    throw error;
  }
  return { difference: Infinity, fault: errorText(error) };
}

function toText({ variant, difference, fault }: Trial): string {
  return `${variant} attention: ${fault ?? difference.toExponential(1)}`;
}

/** Largest absolute difference over the reference's root mean square. */
export function relativeDifference(reference: Float32Array, values: Float32Array): number {
  let largest = reference.length === values.length ? 0 : Infinity;
  let squares = 0;
  for (const [n, expected] of reference.entries()) {
    const difference = Math.abs((values[n] ?? NaN) - expected);
    largest = difference <= largest ? largest : Number.isNaN(difference) ? Infinity : difference;
    squares += expected * expected;
  }
  return largest / Math.sqrt(squares / reference.length);
}
