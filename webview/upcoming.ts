// The sample that is about to be shown, and what was pressed meanwhile: that is meant for it.

/** A row of the editor, a section of the panel, or, with neither, whatever the host finds. */
export interface Target {
  readonly row?: number;
  readonly key?: string;
}

export class Upcoming {
  #target: Target | undefined;
  #actions: (() => void)[] = [];

  /** @param isHeldUp something else will show another sample, and it is not known yet which */
  constructor(readonly isHeldUp: () => boolean) {}

  /** `undefined` when nothing is on its way. */
  get target(): Target | undefined {
    return this.#target;
  }

  expect(target: Target): void {
    this.#target = target;
  }

  /** Something is shown; what the host finds on a search may come with others, and ends by `end`. */
  arrive({ row, key }: { readonly row: number; readonly key?: string }): void {
    const target = this.#target;
    if (target?.row === row || (target?.key !== undefined && target.key === key)) {
      this.#target = undefined;
    }
  }

  /** The host has done what it could to show a target. */
  end(target: Target): void {
    if (this.#target !== target) {
      return;
    }
    this.#target = undefined;
    if (target.row !== undefined || target.key !== undefined) {
      this.drop(); // another sample is shown instead
    }
  }

  /** Nothing is on its way any more. */
  forget(): void {
    this.#target = undefined;
    this.drop();
  }

  /** What was pressed counts for nothing: what it was meant for will not come. */
  drop(): void {
    this.#actions = [];
  }

  /** @param chooses the key itself says what is shown next, counted from what is on its way */
  mustWait(chooses: boolean): boolean {
    const target = this.#target;
    const isKnown = target?.row !== undefined || target?.key !== undefined;
    return (
      this.isHeldUp() ||
      (target !== undefined && !(chooses && isKnown)) ||
      (chooses && this.#actions.length > 0)
    );
  }

  defer(action: () => void): void {
    this.#actions.push(action);
  }

  /** Does what was pressed, up to what shows another sample again. */
  run(): void {
    while (!this.mustWait(false)) {
      const action = this.#actions.shift();
      if (action === undefined) {
        return;
      }
      action();
    }
  }
}
