// Videos of an export as files and as lists of frames: what its format can hold of both.

import type { PairFormat } from '../formats/exports/pairFormat';

type Form = 'file' | 'frames';

/** What stands in an export so far. */
export class VideoForms {
  #first: Form | undefined;

  /** @param frameLists of the format */
  constructor(readonly frameLists: PairFormat['frameLists']) {}

  /** Why a sample with these videos can't stand in the export; `undefined` when it can. */
  reasonAgainst(areFrames: readonly boolean[]): string | undefined {
    if (this.frameLists === undefined) {
      return areFrames.includes(true)
        ? 'the format has no place for a video as a list of its frames'
        : undefined;
    }
    const forms = formsOf(areFrames);
    if (this.frameLists === 'beside files' || forms.length === 0) {
      return undefined;
    }
    if (forms.length > 1) {
      return 'the trainer reads video files or lists of frames, not both in one row';
    }
    return this.#first === undefined || this.#first === forms[0]
      ? undefined
      : `the trainer reads video files or lists of frames, not both in one export, and this one begins with ${
          this.#first === 'file' ? 'files' : 'lists'
        }`;
  }

  /** Rows with these videos were written. */
  add(areFrames: readonly boolean[]): void {
    this.#first ??= formsOf(areFrames)[0];
  }
}

function formsOf(areFrames: readonly boolean[]): readonly Form[] {
  return [...new Set(areFrames.map((are): Form => (are ? 'frames' : 'file')))];
}
