// The one error class of the project and its closed list of codes.

/**
 * Every way in which something a person does, or a file they have, can fail.
 * Texts for people live in `host/messages.ts` and `cli/`; the code is what travels.
 */
export const ERROR_CODES = [
  // files and rows
  'FILE_NOT_FOUND',
  'FILE_UNREADABLE',
  'FILE_EMPTY',
  'NOT_A_DATASET',
  'ROW_NOT_JSON',
  'ROW_SHAPE',
  'ROW_TOO_LARGE',
  'ROW_ENCODING',
  'NO_CANDIDATES',
  'OUTPUT_FAILED',
  'DISK_FULL',
  'DOWNLOAD_FAILED',
  // media
  'MEDIA_NOT_FOUND',
  'MEDIA_OUTSIDE_ROOT',
  'MEDIA_UNREADABLE',
  'MEDIA_UNSUPPORTED',
  'MEDIA_TOO_LARGE',
  'MEDIA_URL_DISABLED',
  'MEDIA_NOT_FETCHED',
  'FFMPEG_NOT_FOUND',
  // conversation
  'PLACEHOLDER_MISMATCH',
  'TOO_LONG',
  // model
  'MODEL_NOT_FOUND',
  'MODEL_INVALID',
  'CHECKPOINT_INVALID',
  'TOKENIZER_INVALID',
  'HEAD_INVALID',
  'DEVICE_UNAVAILABLE',
  'DEVICE_OUT_OF_MEMORY',
  // engine
  'ENGINE_START_FAILED',
  'ENGINE_STOPPED',
  'RUNTIME_FAILED',
  'CANCELLED',
  // review and export
  'JOURNAL_UNREADABLE',
  'JOURNAL_NOT_SAVED',
  'EXPORT_EMPTY',
  'TOO_FEW_PAIRS',
  'UNTRUSTED',
  // everything that should not happen
  'USAGE',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Where and what, for messages: plain values only, so that it survives a wire. */
export type ErrorData = Readonly<Record<string, string | number | boolean>>;

/** An error as it travels over a process boundary or stands in a result. */
export interface EncodedError {
  readonly code: ErrorCode;
  /** English: what is wrong, with the values that make it concrete. */
  readonly message: string;
  readonly data?: ErrorData;
}

/** An expected failure. `message` is English and says what is wrong; `code` says which kind. */
export class AppError extends Error {
  override readonly name = 'AppError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly data: ErrorData = {},
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

const KNOWN_CODES: ReadonlySet<string> = new Set(ERROR_CODES);

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && KNOWN_CODES.has(value);
}

/** True when work ended because somebody asked it to. */
export function isCancelled(error: unknown): boolean {
  return error instanceof AppError
    ? error.code === 'CANCELLED'
    : error instanceof Error && error.name === 'AbortError';
}

/** Turns anything thrown into plain data. Errors that are not ours become `INTERNAL`. */
export function encodeError(error: unknown): EncodedError {
  if (error instanceof AppError) {
    return { code: error.code, message: error.message, data: error.data };
  }
  if (isCancelled(error)) {
    return { code: 'CANCELLED', message: 'cancelled' };
  }
  return { code: 'INTERNAL', message: errorText(error) };
}

/** The inverse of {@link encodeError}; an unknown shape becomes `INTERNAL`. */
export function decodeError(value: unknown): AppError {
  if (typeof value === 'object' && value !== null && 'code' in value && isErrorCode(value.code)) {
    const message = 'message' in value ? String(value.message) : value.code;
    const data = 'data' in value ? (value.data as ErrorData) : {};
    return new AppError(value.code, message, data);
  }
  return new AppError('INTERNAL', errorText(value));
}

/** The text of anything that can be thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
