// The InternLM2 tokenizer as the reward model uses it: added tokens first, then byte pair encoding.

import { AppError } from '../../base/errors';
import { BytePairEncoder } from './bytePairEncoder';
import { parseSentencepieceModel, PIECE_TYPE } from './sentencepieceModel';

/** Ids of the tokens that structure a conversation. */
export interface SpecialIds {
  readonly bos: number;
  readonly eos: number;
  /** `[UNUSED_TOKEN_146]` */
  readonly turnStart: number;
  /** `[UNUSED_TOKEN_145]` */
  readonly turnEnd: number;
  /** `[UNUSED_TOKEN_130]`: the reward is read at its position */
  readonly reward: number;
}

/**
 * What to do with the text of a control token inside a text.
 * `parse`: it becomes that token, as in the published code.
 * `plain`: it becomes ordinary tokens, so that no text can forge the structure of a conversation.
 */
export type ControlTokens = 'parse' | 'plain';

// Names that the tokenizer's added_tokens.json gives to six of the unused pieces
// (reference: internlm2 tokenizer files; ids 92543 … 92538 there).
const ADDED_TOKENS: readonly (readonly [string, string])[] = [
  ['<|im_start|>', '[UNUSED_TOKEN_146]'],
  ['<|im_end|>', '[UNUSED_TOKEN_145]'],
  ['<|action_start|>', '[UNUSED_TOKEN_144]'],
  ['<|action_end|>', '[UNUSED_TOKEN_143]'],
  ['<|interpreter|>', '[UNUSED_TOKEN_142]'],
  ['<|plugin|>', '[UNUSED_TOKEN_141]'],
];

const CONTROL_PIECE = /^\[UNUSED_TOKEN_\d+\]$/;

export class InternLm2Tokenizer {
  readonly ids: SpecialIds;
  /** number of pieces: every id is below */
  readonly size: number;
  readonly #encoder: BytePairEncoder;
  readonly #added: ReadonlyMap<string, number>;
  readonly #addedPattern: RegExp;
  readonly #controlPieces: ReadonlySet<string>;

  /**
   * @param bytes a `tokenizer.model` file
   * @throws AppError `TOKENIZER_INVALID` also when a needed special token is missing
   */
  constructor(bytes: Uint8Array) {
    const model = parseSentencepieceModel(bytes);
    this.#encoder = new BytePairEncoder(model);
    this.size = model.pieces.length;
    const idOf = new Map(model.pieces.map((piece, id) => [piece.text, id]));
    const need = (text: string): number => {
      const id = idOf.get(text);
      if (id === undefined) {
        throw new AppError('TOKENIZER_INVALID', `tokenizer.model: the piece ${text} is missing`);
      }
      return id;
    };
    this.ids = {
      bos: model.bosId,
      eos: model.eosId,
      turnStart: need('[UNUSED_TOKEN_146]'),
      turnEnd: need('[UNUSED_TOKEN_145]'),
      reward: need('[UNUSED_TOKEN_130]'),
    };
    this.#added = new Map([
      ...[model.unkId, model.bosId, model.eosId].map(
        (id) => [model.pieces[id]?.text ?? '', id] as const,
      ),
      ...ADDED_TOKENS.map(([name, piece]) => [name, need(piece)] as const),
    ]);
    this.#addedPattern = new RegExp(`(${[...this.#added.keys()].map(escapePattern).join('|')})`);
    this.#controlPieces = new Set(
      model.pieces
        .filter((piece) => piece.type === PIECE_TYPE.userDefined && CONTROL_PIECE.test(piece.text))
        .map((piece) => piece.text),
    );
  }

  /** Token ids of a text, without BOS. */
  encode(text: string, control: ControlTokens): number[] {
    if (control === 'plain') {
      return this.#encoder.encode(text, this.#controlPieces);
    }
    return text.split(this.#addedPattern).flatMap((part) => {
      const id = this.#added.get(part);
      return id === undefined ? this.#encoder.encode(part) : [id];
    });
  }
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
