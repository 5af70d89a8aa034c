// "RewardLens: Add CUDA Support": says what it will download, does it, and restarts the engine.

import * as vscode from 'vscode';
import { AppError, isCancelled } from '../../base/errors';
import { CUDA_PLATFORM, runtimeFolder } from '../../model/cudaProvider';
import { readSmallText } from '../../node/smallFile';
import type { Services } from '../services';

const { t } = vscode.l10n;
const MAX_MANIFEST_BYTES = 1024 * 1024;
const MIB = 1024 ** 2;

/** @throws AppError `DEVICE_UNAVAILABLE`, `UNTRUSTED`, `DOWNLOAD_FAILED` or `OUTPUT_FAILED` */
export async function addCudaSupport({ context, engine }: Services): Promise<void> {
  const platform = `${process.platform} ${process.arch}`;
  if (platform !== CUDA_PLATFORM) {
    throw new AppError(
      'DEVICE_UNAVAILABLE',
      `CUDA needs ${CUDA_PLATFORM}, this is ${platform}: use WebGPU or DirectML here`,
    );
  }
  if (!vscode.workspace.isTrusted) {
    throw new AppError('UNTRUSTED', 'this workspace is not trusted');
  }
  const cuda = await import('../../model/cudaPackage');
  const packageUri = vscode.Uri.joinPath(context.extensionUri, 'node_modules', 'onnxruntime-node');
  const version = await runtimeVersion(vscode.Uri.joinPath(packageUri, 'package.json').fsPath);
  const found = await withProgress(t('Asking the package feed'), (_, signal) =>
    cuda.findCudaPackage(cuda.PACKAGE_FEED, version, signal),
  );
  if (found === undefined || !(await confirm(cuda.CUDA_PACKAGE, found))) {
    return;
  }
  const target = {
    downloadFolder: vscode.Uri.joinPath(context.globalStorageUri, 'cuda').fsPath,
    runtimeFolder: runtimeFolder(packageUri.fsPath),
  };
  const done = await withProgress(t('Adding CUDA support'), async (report, signal) => {
    let shown = 0;
    await cuda.installCudaPackage(
      found,
      target,
      ({ done: bytes }) => {
        const percent = (100 * bytes) / found.sizeBytes;
        report({ increment: percent - shown, message: megabytes(bytes, found.sizeBytes) });
        shown = percent;
      },
      signal,
    );
    return true;
  });
  if (done === true) {
    await engine.stop();
    await vscode.window.showInformationMessage(
      t(
        'CUDA support was added. It needs the NVIDIA driver, CUDA 12 and cuDNN 9; the next scoring tests it and falls back when something is missing.',
      ),
    );
  }
}

async function confirm(
  name: string,
  { url, sizeBytes, version }: { url: string; sizeBytes: number; version: string },
): Promise<boolean> {
  const download = t('Download');
  const chosen = await vscode.window.showWarningMessage(
    t('Download {0} MB of native libraries?', Math.ceil(sizeBytes / MIB)),
    {
      modal: true,
      detail: t(
        'The package {0} {1} by Microsoft, from {2}. Its published SHA-512 is checked, and two libraries are taken from it. An interrupted download goes on the next time.',
        name,
        version,
        new URL(url).host,
      ),
    },
    download,
  );
  return chosen === download;
}

async function runtimeVersion(manifest: string): Promise<string> {
  const value: unknown = JSON.parse(await readSmallText(manifest, MAX_MANIFEST_BYTES));
  if (typeof value === 'object' && value !== null && 'version' in value) {
    return String(value.version);
  }
  throw new AppError('INTERNAL', `${manifest}: no version`);
}

/** Runs with a notification that can be cancelled. @returns `undefined` when it was */
async function withProgress<T>(
  title: string,
  run: (
    report: (value: { readonly increment: number; readonly message: string }) => void,
    signal: AbortSignal,
  ) => Promise<T>,
): Promise<T | undefined> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (bar, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    try {
      return await run((value) => bar.report(value), controller.signal);
    } catch (error) {
      if (isCancelled(error)) {
        return undefined;
      }
      throw error;
    }
  });
}

function megabytes(done: number, total: number): string {
  return t('{0} of {1} MB', Math.floor(done / MIB), Math.ceil(total / MIB));
}
