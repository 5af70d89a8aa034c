// How answers are shown: rendered or raw, and which answer the others are compared with.

import type { Remembered } from '../src/protocol/remembered';
import type { SampleView } from '../src/protocol/reviewProtocol';
import { post } from './vscodeApi';

export class TextView {
  /** screen readers are told where marked words begin and end */
  readMarks = false;
  #raw = false;
  #marks = true;
  #pinned: { readonly key: string; readonly index: number } | undefined;

  /** the edited answer that is shown as it was */
  #original: { readonly key: string; readonly index: number } | undefined;

  recall({ raw, marks }: Remembered): void {
    this.#raw = raw ?? this.#raw;
    this.#marks = marks ?? this.#marks;
  }

  /** texts are shown as they are written */
  get raw(): boolean {
    return this.#raw;
  }

  /** words are marked that the base lacks */
  get marks(): boolean {
    return this.#marks;
  }

  toggleRaw(): void {
    this.#raw = !this.#raw;
    post({ type: 'remember', remembered: { raw: this.#raw } });
  }

  setMarks(on: boolean): void {
    this.#marks = on;
    post({ type: 'remember', remembered: { marks: on } });
  }

  /** The answer that was pinned as the base of this sample. */
  pinnedIn(sample: SampleView): number | undefined {
    return this.#pinned?.key === sample.key ? this.#pinned.index : undefined;
  }

  /** Pins an answer, or takes the pin away with `undefined`. */
  pin(sample: SampleView, index: number | undefined): void {
    this.#pinned = index === undefined ? undefined : { key: sample.key, index };
    if (index !== undefined) {
      this.setMarks(true);
    }
  }

  /** The answer whose words are not marked in the others; without marks there is none. */
  baseOf(sample: SampleView, rewards: readonly (number | null)[]): number | undefined {
    return this.#marks && sample.candidates.length > 1
      ? this.pinnedOrBest(sample, rewards)
      : undefined;
  }

  /** An edited answer is shown as it was before. */
  showsOriginal(sample: SampleView, index: number): boolean {
    const isAsked = this.#original?.key === sample.key && this.#original.index === index;
    return isAsked && sample.candidates[index]?.original !== undefined;
  }

  toggleOriginal(sample: SampleView, index: number): void {
    const isShown = this.showsOriginal(sample, index);
    this.#original = isShown ? undefined : { key: sample.key, index };
  }

  /**
   * The answer that the others are compared with: the pinned one, else the model's best.
   * @param rewards by candidate
   */
  pinnedOrBest(sample: SampleView, rewards: readonly (number | null)[]): number | undefined {
    const best = Math.max(...rewards.map((reward) => reward ?? -Infinity));
    const found = rewards.indexOf(best);
    return this.pinnedIn(sample) ?? (found < 0 ? undefined : found);
  }
}
