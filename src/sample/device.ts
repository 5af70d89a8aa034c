// Where rewards are computed, and how rewards of different devices are kept apart.

import type { EncodedError } from '../base/errors';
import type { ScoreHead } from './scoreHead';

export const DEVICES = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
export type Device = (typeof DEVICES)[number];

/** What a person can ask for. */
export const DEVICE_CHOICES = ['auto', ...DEVICES] as const;
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];

/** Names for people. */
export const DEVICE_NAMES: Readonly<Record<Device, string>> = {
  cpu: 'CPU',
  webgpu: 'WebGPU',
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'CoreML',
};

/** A device that was not used, and why. */
export interface DeviceRefusal {
  readonly device: Device;
  readonly error: EncodedError;
}

/** The device that computes, and the ones that came before it and could not. */
export interface DeviceUse {
  readonly device: Device;
  /** names everything about the device that decides the last bits: `cpu`, `webgpu-plain`, `cuda-packed` */
  readonly id: string;
  /**
   * margins below this are noise: rewards move with what is computed together with them. Left out
   * where rewards are the same to the last bit.
   */
  readonly noiseFloor?: number;
  readonly refused: readonly DeviceRefusal[];
}

/** True where a part of the model runs in its slowest form, because the others failed the self-test. */
export function usesPlainAttention({ id }: DeviceUse): boolean {
  return id.includes('-plain');
}

/** True where a reward may depend on what runs with it, so that its noise has to be measured. */
export function isNoisy(device: Device): boolean {
  return device !== 'cpu' && device !== 'webgpu';
}

/** Devices in the order in which a choice tries them. CoreML lacks the fused operators: on request. */
export function devicesToTry(choice: DeviceChoice, platform: string): readonly Device[] {
  return choice === 'auto'
    ? ['cuda', ...(platform === 'win32' ? (['dml'] as const) : []), 'webgpu', 'cpu']
    : [choice];
}

/**
 * Identifies the numbers that a model gives on a device: rewards with different identities never
 * stand in one cache entry or one resumed file.
 * @param id of the device, {@link DeviceUse.id}
 * @param head that takes the place of the model's own
 */
export function rewardIdentity(fingerprint: string, id: string, head?: ScoreHead): string {
  const model = head === undefined ? fingerprint : `${fingerprint}+${head.id}`;
  return id === 'cpu' ? model : `${model}@${id}`;
}
