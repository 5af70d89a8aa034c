// Sentencepiece's byte pair encoding: text in, token ids out.

import { AppError } from '../../base/errors';
import { MergeHeap } from './mergeHeap';
import { PIECE_TYPE, type SentencepieceModel } from './sentencepieceModel';

const SPACE = '\u2581';

/** Encodes text as the sentencepiece library does for the same model (src/bpe_model.cc). */
export class BytePairEncoder {
  /** pieces that merging may produce */
  readonly #mergeable = new Map<string, number>();
  readonly #scores: Float32Array;
  readonly #byteIds: readonly number[];
  /** user-defined pieces by their first character, longest first */
  readonly #userDefined = new Map<string, string[]>();

  constructor(model: SentencepieceModel) {
    const byteIds = new Array<number>(256).fill(-1);
    this.#scores = Float32Array.from(model.pieces, (piece) => piece.score);
    for (const [id, { text, type }] of model.pieces.entries()) {
      if (type === PIECE_TYPE.normal || type === PIECE_TYPE.userDefined) {
        this.#mergeable.set(text, id);
      }
      if (type === PIECE_TYPE.userDefined && text !== '') {
        const first = text.charAt(0);
        const others = this.#userDefined.get(first);
        if (others === undefined) {
          this.#userDefined.set(first, [text]);
        } else {
          others.push(text);
        }
      }
      if (type === PIECE_TYPE.byte) {
        byteIds[Number.parseInt(text.slice(3, 5), 16)] = id;
      }
    }
    if (byteIds.includes(-1)) {
      throw new AppError('TOKENIZER_INVALID', 'tokenizer.model: not all 256 byte pieces are there');
    }
    for (const pieces of this.#userDefined.values()) {
      pieces.sort((a, b) => b.length - a.length);
    }
    this.#byteIds = byteIds;
  }

  /**
   * @param text any string; unpaired surrogates count as U+FFFD
   * @param excluded pieces that are neither matched whole nor produced by merging:
   *   the text of a control token then becomes ordinary tokens
   */
  encode(text: string, excluded: ReadonlySet<string> = NONE): number[] {
    const symbols = this.#split(text.toWellFormed().replaceAll(' ', SPACE), excluded);
    this.#merge(symbols, excluded);
    const ids: number[] = [];
    for (let i = 0; i >= 0 && i < symbols.text.length; i = symbols.next[i] ?? -1) {
      const piece = symbols.text[i] ?? '';
      const id = excluded.has(piece) ? undefined : this.#mergeable.get(piece);
      if (id === undefined) {
        for (const byte of UTF8.encode(piece)) {
          ids.push(this.#byteIds[byte] ?? 0);
        }
      } else {
        ids.push(id);
      }
    }
    return ids;
  }

  /** One symbol per character, save for user-defined pieces, which stay whole and never merge. */
  #split(text: string, excluded: ReadonlySet<string>): Symbols {
    const symbols: Symbols = { text: [], frozen: [], previous: [], next: [] };
    for (let at = 0; at < text.length;) {
      const whole = this.#userDefined
        .get(text.charAt(at))
        ?.find((piece) => text.startsWith(piece, at) && !excluded.has(piece));
      const piece = whole ?? String.fromCodePoint(text.codePointAt(at) ?? 0);
      const index = symbols.text.length;
      symbols.text.push(piece);
      symbols.frozen.push(whole !== undefined);
      symbols.previous.push(index - 1);
      symbols.next.push(index + 1);
      at += piece.length;
    }
    if (symbols.next.length > 0) {
      symbols.next[symbols.next.length - 1] = -1;
    }
    return symbols;
  }

  /** Repeatedly joins the adjacent pair with the best score, leftmost among equals. */
  #merge(symbols: Symbols, excluded: ReadonlySet<string>): void {
    const { text, frozen, previous, next } = symbols;
    const heap = new MergeHeap();
    const consider = (left: number, right: number): void => {
      if (left < 0 || right < 0 || frozen[left] === true || frozen[right] === true) {
        return;
      }
      const joined = `${text[left] ?? ''}${text[right] ?? ''}`;
      const id = this.#mergeable.get(joined);
      if (id !== undefined && !excluded.has(joined)) {
        heap.push({ left, right, score: this.#scores[id] ?? 0, length: joined.length });
      }
    };
    for (let i = 1; i < text.length; i += 1) {
      consider(i - 1, i);
    }
    for (let best = heap.pop(); best !== undefined; best = heap.pop()) {
      const { left, right, length } = best;
      const a = text[left] ?? '';
      const b = text[right] ?? '';
      if (a === '' || b === '' || a.length + b.length !== length) {
        continue; // one of the two has been merged with something else meanwhile
      }
      text[left] = a + b;
      text[right] = '';
      const after = next[right] ?? -1;
      next[left] = after;
      if (after >= 0) {
        previous[after] = left;
      }
      consider(previous[left] ?? -1, left);
      consider(left, after);
    }
  }
}

/** A doubly linked list in columns; a merged-away symbol has an empty text. */
interface Symbols {
  readonly text: string[];
  readonly frozen: boolean[];
  readonly previous: number[];
  readonly next: number[];
}

const NONE: ReadonlySet<string> = new Set();
const UTF8 = new TextEncoder();
