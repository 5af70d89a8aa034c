// What is open on the page beside the sample: queue, note, keys, media, facts.

import type { Remembered } from '../src/protocol/remembered';
import { post } from './vscodeApi';

/** Columns whose width a person can choose, in pixels. */
export const COLUMNS = {
  queue: { least: 200, most: 400, remembered: 'queueWidth' },
  media: { least: 300, most: 720, remembered: 'mediaWidth' },
} as const;
export type Column = keyof typeof COLUMNS;

export class Layout {
  noteOpen = false;
  keysOpen = false;
  /** the cuts of the model over the picture */
  tilesShown = false;
  /** the picture or video has the page */
  mediaFilled = false;
  /** the facts of the sample were asked for */
  factsOpen = false;
  /** wide enough for media between two answers */
  isRoomy = false;
  #isNarrow = false;
  #queueOpen = true;
  #drawerOpen = false;
  readonly #widths = new Map<Column, number>();

  recall({ queue, queueWidth, mediaWidth }: Remembered): void {
    this.#queueOpen = queue ?? this.#queueOpen;
    this.showWidth('queue', queueWidth ?? undefined);
    this.showWidth('media', mediaWidth ?? undefined);
  }

  /** Chosen by the person; `undefined`: as wide as the style sheet makes it. */
  widthOf(column: Column): number | undefined {
    return this.#widths.get(column);
  }

  /** It is remembered. @param width `undefined` goes back to that of the style sheet */
  setWidth(column: Column, width: number | undefined): void {
    this.showWidth(column, width);
    const kept = this.#widths.get(column) ?? null;
    post({ type: 'remember', remembered: { [COLUMNS[column].remembered]: kept } });
  }

  /** As {@link setWidth}, while it may still change. */
  showWidth(column: Column, width: number | undefined): void {
    if (width === undefined) {
      this.#widths.delete(column);
    } else {
      const { least, most } = COLUMNS[column];
      this.#widths.set(column, Math.round(Math.min(most, Math.max(least, width))));
    }
  }

  /** The queue has no room beside the rest: it is a drawer, which starts closed. */
  setNarrow(isNarrow: boolean): void {
    this.#isNarrow = isNarrow;
    this.#drawerOpen = false;
  }

  get queueShown(): boolean {
    return this.#isNarrow ? this.#drawerOpen : this.#queueOpen;
  }

  /** Shows or hides the queue; whether it is there beside the rest is remembered. */
  showQueue(on: boolean): void {
    if (this.#isNarrow) {
      this.#drawerOpen = on;
    } else {
      this.#queueOpen = on;
      post({ type: 'remember', remembered: { queue: on } });
    }
  }

  /** Takes the drawer away. @returns whether it was there */
  closeDrawer(): boolean {
    const wasOpen = this.#drawerOpen;
    this.#drawerOpen = false;
    return wasOpen;
  }

  /** Closes what belongs to one sample. @param comparing media between two answers stay */
  showAnswers(comparing: boolean): void {
    this.noteOpen = false;
    this.factsOpen = false;
    this.mediaFilled = this.mediaFilled && comparing && this.isRoomy;
  }
}
