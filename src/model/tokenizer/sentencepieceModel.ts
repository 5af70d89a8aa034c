// Reads `tokenizer.model`: the pieces of a sentencepiece BPE model and the settings that matter.

import protobuf from 'protobufjs';
import { AppError, errorText } from '../../base/errors';

/** Piece types (google/sentencepiece: src/sentencepiece_model.proto). */
export const PIECE_TYPE = {
  normal: 1,
  unknown: 2,
  control: 3,
  userDefined: 4,
  unused: 5,
  byte: 6,
} as const;

export interface Piece {
  readonly text: string;
  /** higher merges first */
  readonly score: number;
  readonly type: number;
}

/** A parsed BPE model with byte fallback. Token ids are positions in `pieces`. */
export interface SentencepieceModel {
  readonly pieces: readonly Piece[];
  readonly bosId: number;
  readonly eosId: number;
  readonly unkId: number;
}

// The part of the file format that is read here; field numbers from the published schema.
const SCHEMA = protobuf
  .parse(
    `syntax = "proto2";
   message Piece { optional string piece = 1; optional float score = 2; optional int32 type = 3; }
   message TrainerSpec {
     optional int32 model_type = 3; optional bool byte_fallback = 35;
     optional int32 unk_id = 40; optional int32 bos_id = 41; optional int32 eos_id = 42;
   }
   message NormalizerSpec {
     optional bytes precompiled_charsmap = 2; optional bool add_dummy_prefix = 3;
     optional bool remove_extra_whitespaces = 4; optional bool escape_whitespaces = 5;
   }
   message Model {
     repeated Piece pieces = 1; optional TrainerSpec trainer_spec = 2;
     optional NormalizerSpec normalizer_spec = 3;
   }`,
    { keepCase: false },
  )
  .root.lookupType('Model');

interface RawModel {
  readonly pieces?: readonly {
    readonly piece?: string;
    readonly score?: number;
    readonly type?: number;
  }[];
  readonly trainerSpec?: {
    readonly modelType?: number;
    readonly byteFallback?: boolean;
    readonly unkId?: number;
    readonly bosId?: number;
    readonly eosId?: number;
  };
  readonly normalizerSpec?: {
    readonly precompiledCharsmap?: Uint8Array;
    readonly addDummyPrefix?: boolean;
    readonly removeExtraWhitespaces?: boolean;
    readonly escapeWhitespaces?: boolean;
  };
}

const BPE = 2;
// InternLM2 has 92,544 pieces of at most 48 bytes; these bound what a forged file can cost.
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const MAX_PIECES = 2_000_000;
const MAX_PIECE_CHARS = 4096;

/**
 * Parses a tokenizer file. Only what InternLM2 uses is supported: BPE, byte fallback, identity
 * normaliser, no dummy prefix, whitespace kept and written as "▁". Anything else is refused,
 * because it would give other tokens silently.
 * @throws AppError `TOKENIZER_INVALID`
 */
export function parseSentencepieceModel(bytes: Uint8Array): SentencepieceModel {
  if (bytes.byteLength > MAX_FILE_BYTES) {
    throw invalid(`larger than ${MAX_FILE_BYTES} bytes`);
  }
  let raw: RawModel;
  try {
    raw = SCHEMA.toObject(SCHEMA.decode(bytes));
  } catch (error) {
    throw invalid(`not a sentencepiece model (${errorText(error)})`);
  }
  checkSettings(raw);
  const pieces = (raw.pieces ?? []).map((piece) => ({
    text: piece.piece ?? '',
    score: piece.score ?? 0,
    type: piece.type ?? PIECE_TYPE.normal,
  }));
  if (pieces.length === 0 || pieces.length > MAX_PIECES) {
    throw invalid(`${pieces.length} pieces`);
  }
  if (pieces.some((piece) => piece.text.length > MAX_PIECE_CHARS)) {
    throw invalid(`a piece is longer than ${MAX_PIECE_CHARS} characters`);
  }
  const ids = {
    unkId: raw.trainerSpec?.unkId ?? 0,
    bosId: raw.trainerSpec?.bosId ?? 1,
    eosId: raw.trainerSpec?.eosId ?? 2,
  };
  for (const [name, id] of Object.entries(ids)) {
    if ((pieces[id]?.text ?? '') === '') {
      throw invalid(`${name} is ${id}, and there is no such piece`);
    }
  }
  return { pieces, ...ids };
}

function checkSettings({ trainerSpec, normalizerSpec }: RawModel): void {
  if (trainerSpec?.modelType !== BPE || trainerSpec.byteFallback !== true) {
    throw invalid('only BPE models with byte fallback are supported');
  }
  const identity =
    (normalizerSpec?.precompiledCharsmap?.byteLength ?? 0) === 0 &&
    normalizerSpec?.addDummyPrefix === false &&
    normalizerSpec.removeExtraWhitespaces === false &&
    (normalizerSpec.escapeWhitespaces ?? true);
  if (!identity) {
    throw invalid('only the identity normaliser without dummy prefix is supported');
  }
}

function invalid(what: string): AppError {
  return new AppError('TOKENIZER_INVALID', `tokenizer.model: ${what}`);
}
