// What to do about each kind of failure, in words for the terminal.

import type { ErrorCode } from '../base/errors';

const REMEDIES: Readonly<Partial<Record<ErrorCode, string>>> = {
  FILE_NOT_FOUND: 'check the path',
  FILE_EMPTY: 'a dataset has one JSON object per line, or is a list of them',
  NOT_A_DATASET: 'give a dataset (formats: README, "Candidate files" and what follows)',
  ROW_NOT_JSON: 'each row must be one complete JSON object',
  ROW_SHAPE:
    'see README, "Candidate files" and "Datasets of other tools"; --mapping FILE names the columns of others',
  ROW_ENCODING: 'save the file as UTF-8',
  NO_CANDIDATES:
    'add at least one answer to "candidates"; --mapping FILE names the columns of other datasets',
  MEDIA_NOT_FOUND: 'check the path; --media-root names the folder that paths are relative to',
  MEDIA_OUTSIDE_ROOT: 'pass --media-root with a folder that contains it, if you trust the file',
  MEDIA_UNREADABLE: 'the file is damaged: replace it',
  MEDIA_UNSUPPORTED: 'convert it to PNG or JPEG, or to MP4 if it is a video',
  MEDIA_TOO_LARGE: 'scale it down; the model sees at most a few million pixels anyway',
  MEDIA_URL_DISABLED:
    'download it and put the file path into the dataset, or pass --fetch-media if you trust the dataset',
  MEDIA_NOT_FETCHED: 'check the address and the network, and run again',
  FFMPEG_NOT_FOUND:
    'install ffmpeg (Debian, Ubuntu: apt install ffmpeg; Fedora: dnf install ffmpeg-free; macOS: ' +
    'brew install ffmpeg; Windows: winget install ffmpeg), or name it in REWARDLENS_FFMPEG',
  PLACEHOLDER_MISMATCH: 'use as many <ImageHere> as there are images and videos, or none',
  TOO_LONG: 'shorten it, lower --hd-num, or raise --max-length',
  MODEL_NOT_FOUND: 'make one with `rewardlens convert`, or check --model and REWARDLENS_MODEL',
  HEAD_INVALID: 'fit one to this model with `rewardlens head fit`, or leave --head out',
  TOO_FEW_PAIRS: 'rank the answers of more samples, or take fewer --folds',
  MODEL_INVALID: 'convert the checkpoint again',
  CHECKPOINT_INVALID: 'check that the download is complete and of IXC-2.5-Reward',
  DEVICE_UNAVAILABLE: '--device auto takes the best one that works; `rewardlens doctor` tests all',
  DEVICE_OUT_OF_MEMORY: '--device auto falls back to the CPU; --device cpu starts there',
  ENGINE_START_FAILED: 'run `rewardlens doctor`',
  ENGINE_STOPPED: 'run `rewardlens doctor`; memory may have run out',
  DOWNLOAD_FAILED: 'check the network, then try again: a download goes on where it stopped',
  OUTPUT_FAILED: 'check the folder, its permissions and the free space',
  DISK_FULL: 'free some space, or give --out a folder on another disk',
  EXPORT_EMPTY: 'review or score some samples first',
};

/** @returns `undefined` when there is nothing useful to say */
export function remedyFor(code: ErrorCode): string | undefined {
  return REMEDIES[code];
}
