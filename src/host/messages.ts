// What people read when something fails: what happened, then what to do.

import * as vscode from 'vscode';
import { encodeError, type EncodedError, type ErrorCode } from '../base/errors';
import { SECTION, SETTINGS } from './ids';

const { t } = vscode.l10n;

/** What to do about each kind of failure; `undefined` where the message says it all. */
function remedyFor(code: ErrorCode): string | undefined {
  switch (code) {
    case 'FILE_EMPTY':
    case 'NOT_A_DATASET':
    case 'ROW_NOT_JSON':
    case 'ROW_SHAPE':
      return t('Each row of a dataset is one JSON object with a prompt and answers.');
    case 'ROW_ENCODING':
      return t('Save the file as UTF-8.');
    case 'NO_CANDIDATES':
      return t('Add at least one answer.');
    case 'MEDIA_NOT_FOUND':
      return t('Check the path, or set the media folder in the settings.');
    case 'MEDIA_OUTSIDE_ROOT':
      return t('Set a media folder that contains it, if you trust the file.');
    case 'MEDIA_UNREADABLE':
      return t('The file is damaged: replace it.');
    case 'MEDIA_UNSUPPORTED':
      return t('Convert it to PNG or JPEG, or to MP4 if it is a video.');
    case 'MEDIA_TOO_LARGE':
      return t('Scale it down.');
    case 'MEDIA_URL_DISABLED':
      return t(
        'Download it and put the path into the dataset, or turn on “Media: Fetch” in the settings if you trust the dataset.',
      );
    case 'MEDIA_NOT_FETCHED':
      return t('Check the address and the network, and score the sample again.');
    case 'FFMPEG_NOT_FOUND':
      return t(
        'Install ffmpeg (Debian, Ubuntu: apt install ffmpeg; macOS: brew install ffmpeg; Windows: winget install ffmpeg), or set its path in the settings.',
      );
    case 'PLACEHOLDER_MISMATCH':
      return t('Use as many <ImageHere> as there are images and videos, or none.');
    case 'TOO_LONG':
      return t(
        'Cut off, it would lose the token that the reward is read from. Shorten it, or raise the limit in the settings.',
      );
    case 'MODEL_NOT_FOUND':
    case 'MODEL_INVALID':
      return t('Check the model folder in the settings.');
    case 'HEAD_INVALID':
      return t(
        'Fit a head to this model, or clear the setting {0}: then the published head scores.',
        `${SECTION}.${SETTINGS.headFile}`,
      );
    case 'TOO_FEW_PAIRS':
      return t('Rank the answers of more samples.');
    case 'ENGINE_START_FAILED':
    case 'ENGINE_STOPPED':
    case 'RUNTIME_FAILED':
      return t('The log says more. Your verdicts are safe; they are saved without the engine.');
    case 'DEVICE_UNAVAILABLE':
      return t('Choose another device in the settings, or “auto”.');
    case 'DEVICE_OUT_OF_MEMORY':
      return t('Choose the CPU in the settings, or “auto”, or convert to a smaller precision.');
    case 'JOURNAL_NOT_SAVED':
      return t('Check the folder, its permissions and the free space, then try again.');
    case 'DOWNLOAD_FAILED':
      return t(
        'Check the network, then try again: a download goes on where it stopped. Some models need an access token.',
      );
    case 'OUTPUT_FAILED':
      return t('Check the folder, its permissions and the free space.');
    case 'DISK_FULL':
      return t('Free some space, or choose a folder on another disk.');
    case 'EXPORT_EMPTY':
      return t('Rank the answers of some samples first.');
    case 'UNTRUSTED':
      return t('Trust this workspace first.');
    case 'FILE_NOT_FOUND':
    case 'FILE_UNREADABLE':
    case 'ROW_TOO_LARGE':
    case 'CHECKPOINT_INVALID':
    case 'TOKENIZER_INVALID':
    case 'CANCELLED':
    case 'JOURNAL_UNREADABLE':
    case 'USAGE':
    case 'INTERNAL':
      return undefined;
  }
}

/** One or two sentences for a card, a notice or a notification. */
export function describeError({ code, message, data }: EncodedError): string {
  const remedy = remedyFor(code);
  const what = whatHappened(code, message, data);
  return remedy === undefined ? what : `${what} ${remedy}`;
}

function whatHappened(code: ErrorCode, message: string, data: EncodedError['data']): string {
  const value = (name: string): string => String(data?.[name] ?? '');
  switch (code) {
    case 'MEDIA_NOT_FOUND':
      return data?.media === undefined
        ? sentence(message)
        : t('{0} was not found.', value('media'));
    case 'TOO_LONG':
      return t(
        'This answer needs {0} tokens with its prompt; the model reads at most {1}.',
        grouped(data?.needed),
        grouped(data?.maxLength),
      );
    case 'EXPORT_EMPTY':
      return t('There are no pairs to export.');
    case 'TOO_FEW_PAIRS':
      return typeof data?.count === 'number' && typeof data.needed === 'number'
        ? data.of === 'prompts'
          ? tooFewPrompts(data.count, data.needed)
          : tooFewPairs(data.count, data.needed)
        : sentence(message);
    case 'UNTRUSTED':
      return t('This workspace is in Restricted Mode.');
    case 'ENGINE_STOPPED':
      return data?.tries === undefined
        ? t('The scoring engine stopped before it was done.')
        : t('The scoring engine stopped {0} times on this sample.', value('tries'));
    default:
      return sentence(message);
  }
}

function tooFewPairs(count: number, needed: number): string {
  return t('Too few: {0} of {1} pairs. {2} more are needed.', count, needed, needed - count);
}

function tooFewPrompts(count: number, needed: number): string {
  const missing = needed - count;
  return t('Too few: {0} of {1} different prompts. {2} more are needed.', count, needed, missing);
}

/** Shows an error as a notification with a way to the log. */
export async function showError(error: unknown, showLog: () => void): Promise<void> {
  const encoded = encodeError(error);
  if (encoded.code === 'CANCELLED') {
    return;
  }
  const log = t('Show Log');
  const chosen = await vscode.window.showErrorMessage(describeError(encoded), log);
  if (chosen === log) {
    showLog();
  }
}

function grouped(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString(vscode.env.language) : String(value);
}

/** A text as a sentence of its own. */
export function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
}
