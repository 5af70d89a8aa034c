// Tests every device of this machine with one layer of a model, for `doctor`.

import { encodeError } from '../base/errors';
import type { Trial } from '../model/deviceTest';
import type { Devices } from '../model/loadOnDevice';
import { readManifest } from '../model/manifest';
import type { DeviceReport } from '../protocol/engineProtocol';
import { DEVICES, type Device } from '../sample/device';

/** @param onTry called before a device is touched */
export async function reportDevices(
  devices: Devices,
  folder: string,
  onTry: (device: Device) => void,
): Promise<DeviceReport[]> {
  const manifest = await readManifest(folder);
  const reports: DeviceReport[] = [];
  for (const device of DEVICES) {
    if (device === 'cpu') {
      reports.push({ device, trials: [] });
      continue;
    }
    onTry(device);
    try {
      const { trials, tolerance } = await devices.test(folder, manifest, device);
      reports.push({ device, trials: trials.map(toReport), tolerance });
    } catch (error) {
      reports.push({ device, trials: [], error: encodeError(error) });
    }
  }
  onTry('cpu');
  return reports;
}

/** JSON has no infinity. */
function toReport(trial: Trial): DeviceReport['trials'][number] {
  return { ...trial, difference: Number.isFinite(trial.difference) ? trial.difference : null };
}
