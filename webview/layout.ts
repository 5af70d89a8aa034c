// What is open on the page beside the sample: queue, note, keys.

import { loadState, saveState } from './vscodeApi';

/** What the page itself remembers over hiding and restarting. */
interface SavedState {
  readonly queueOpen?: boolean;
}

export class Layout {
  noteOpen = false;
  keysOpen = false;
  #isNarrow = false;
  #queueOpen: boolean;
  #drawerOpen = false;

  constructor() {
    const saved = (loadState() ?? {}) as SavedState;
    this.#queueOpen = saved.queueOpen ?? true;
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
      const state: SavedState = { queueOpen: on };
      saveState(state);
    }
  }

  /** Takes away what lies over the page. */
  closeDrawer(): void {
    this.#drawerOpen = false;
  }
}
