// What is open on the page beside the sample: queue, note, keys, media, facts.

import type { Remembered } from '../src/protocol/reviewProtocol';
import { post } from './vscodeApi';

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

  recall({ queue }: Remembered): void {
    this.#queueOpen = queue ?? this.#queueOpen;
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
