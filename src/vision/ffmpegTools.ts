// The user's own ffmpeg and ffprobe, and how they are called on files that may be hostile.

import { AppError } from '../base/errors';
import { baseName, fileSizeBytes, findProgram, folderOf, joinPath } from '../node/folder';
import { runProgram } from '../node/runProgram';

/** The two programs, by full path. */
export interface FfmpegTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
  /** as ffmpeg tells it, such as "5.1.9-0+deb12u1" */
  readonly version: string;
  /** options that give every chosen frame once, whatever its time */
  readonly everyFrame: readonly string[];
}

/** Frames larger than this are refused: 8192 × 8192. */
export const MAX_FRAME_PIXELS = 67_108_864;
/** The most that ffmpeg may ask for at once, whatever a file claims. */
const MAX_ALLOCATION_BYTES = 512 * 1024 * 1024;
/** A video of hours is decoded in this time; what takes longer hangs. */
const MAX_MS = 15 * 60_000;
const VERSION_MAX_MS = 20_000;

/**
 * Kinds of files that hold their frames themselves. Playlists and edit lists, which make ffmpeg
 * open other files, are not among them.
 */
const CONTAINERS = [
  'mov,mp4,m4a,3gp,3g2,mj2',
  'matroska,webm',
  'avi',
  'asf',
  'flv',
  'mpegts',
  'mpeg',
  'ogg',
  'ivf',
  'gif',
].join(',');

/**
 * Finds the programs.
 * @param set path of ffmpeg, or of the folder that holds it; empty to look on PATH
 * @throws AppError `FFMPEG_NOT_FOUND`
 */
export async function findFfmpeg(set: string): Promise<FfmpegTools> {
  const found = set === '' ? await findProgram('ffmpeg') : await firstFile(inFolderOrItself(set));
  if (found === undefined) {
    const where = set === '' ? 'on PATH' : `at ${set}`;
    throw notFound(`no ffmpeg was found ${where}; it is needed to read videos`);
  }
  const beside = joinPath(folderOf(found), baseName(found).replace(/ffmpeg/i, 'ffprobe'));
  const ffprobe = (await firstFile([beside])) ?? (await findProgram('ffprobe'));
  if (ffprobe === undefined || ffprobe === found) {
    throw notFound(`no ffprobe was found beside ${found}; it comes with ffmpeg`);
  }
  return { ffmpeg: found, ffprobe, ...(await readVersion(found)) };
}

/** libavcodec of FFmpeg 5.1, which renamed an option */
const RENAMED_IN = [59, 37] as const;

async function readVersion(ffmpeg: string): Promise<Pick<FfmpegTools, 'version' | 'everyFrame'>> {
  let text = '';
  const outcome = await runProgram({
    program: ffmpeg,
    args: ['-version'],
    maxMs: VERSION_MAX_MS,
    onOutput: (piece) => {
      text = (text + new TextDecoder().decode(piece)).slice(0, 65_536);
    },
  });
  const version = /^ffmpeg version (\S+)/.exec(text)?.[1];
  if (version === undefined) {
    const why = outcome.ended === 'notStarted' ? outcome.reason : 'it does not tell its version';
    throw notFound(`${ffmpeg} can't be used as ffmpeg (${why})`);
  }
  const [, major, minor] = /libavcodec\s+(\d+)\.\s*(\d+)/.exec(text) ?? [];
  const isNew =
    Number(major) > RENAMED_IN[0] ||
    (Number(major) === RENAMED_IN[0] && Number(minor) >= RENAMED_IN[1]);
  return { version, everyFrame: [isNew ? '-fps_mode' : '-vsync', 'passthrough'] };
}

function inFolderOrItself(set: string): string[] {
  return [joinPath(set, 'ffmpeg'), joinPath(set, 'ffmpeg.exe'), set];
}

async function firstFile(candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    if ((await fileSizeBytes(candidate)) !== undefined) {
      return candidate;
    }
  }
  return undefined;
}

function notFound(message: string): AppError {
  return new AppError('FFMPEG_NOT_FOUND', message);
}

/** Input options that keep a file from reaching anything but itself. */
export function guardedInput(file: string): string[] {
  return [
    ...['-protocol_whitelist', 'file'],
    ...['-format_whitelist', CONTAINERS],
    ...['-max_pixels', String(MAX_FRAME_PIXELS)],
    ...['-i', `file:${file}`],
  ];
}

export interface FfmpegRun {
  readonly program: string;
  /** after the options that every run has */
  readonly args: readonly string[];
  /** the video, for messages */
  readonly file: string;
  readonly onOutput: (piece: Uint8Array) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs one of the programs on a video.
 * @throws AppError `MEDIA_UNREADABLE`, `MEDIA_UNSUPPORTED` or `MEDIA_TOO_LARGE` for what it
 *   complains of, `FFMPEG_NOT_FOUND` when it can't be started, or `CANCELLED`
 */
export async function runFfmpeg(run: FfmpegRun): Promise<void> {
  const { program, file } = run;
  const args = ['-v', 'error', '-max_alloc', String(MAX_ALLOCATION_BYTES), ...run.args];
  const outcome = await runProgram({ ...run, args, maxMs: MAX_MS });
  switch (outcome.ended) {
    case 'notStarted':
      throw notFound(`${program} can't be started (${outcome.reason})`);
    case 'timeout':
      throw mediaError('MEDIA_TOO_LARGE', file, `not decoded within ${MAX_MS / 60_000} minutes`);
    case 'exit':
      refuse(file, outcome.exitCode, outcome.complaints);
  }
}

/** Complaints that mean lost or damaged frames, even when the program goes on. */
const DAMAGE =
  /partial file|ended prematurely|truncat|corrupt|error while decoding|invalid nal unit size|invalid data found|concealing|decode_slice_header error|moov atom not found/i;

/** @throws AppError when the run went wrong */
function refuse(file: string, exitCode: number, complaints: string): void {
  if (/format not on whitelist/i.test(complaints)) {
    throw mediaError('MEDIA_UNSUPPORTED', file, 'not a video file of a known kind');
  }
  if (/exceeds specified max pixel count|picture size .* is invalid/i.test(complaints)) {
    throw mediaError('MEDIA_TOO_LARGE', file, `frames of more than ${MAX_FRAME_PIXELS} pixels`);
  }
  if (exitCode !== 0 || DAMAGE.test(complaints)) {
    const lines = complaints.split('\n').filter((line) => line !== '');
    const said = lines.find((line) => DAMAGE.test(line)) ?? lines.at(-1) ?? `exit code ${exitCode}`;
    // "[h264 @ 0x55e6] what": addresses change from run to run
    const reason = said.replace(/^(\[[^\]]*\]\s*)+/, '').replace(`file:${file}: `, '');
    throw mediaError('MEDIA_UNREADABLE', file, reason);
  }
}

export function mediaError(
  code: 'MEDIA_UNREADABLE' | 'MEDIA_UNSUPPORTED' | 'MEDIA_TOO_LARGE',
  file: string,
  reason: string,
): AppError {
  return new AppError(code, `${file}: ${reason}`, { media: file });
}
