// Work on the texts of answers, a little after each frame: keys are answered in between.

/** As long as texts may keep the page busy at once; one step may take longer. */
const BUDGET_MS = 8;

/** The next step by whom it is for, oldest first. */
const waiting = new Map<object, () => void>();
let isUnderWay = false;

/** Does a step of work soon, after the next frame. Another step for the same replaces it. */
export function workLater(owner: object, step: () => void): void {
  waiting.set(owner, step);
  goOn();
}

/** Nothing is left to do for somebody. */
export function forgetWork(owner: object): void {
  waiting.delete(owner);
}

function goOn(): void {
  if (!isUnderWay && waiting.size > 0) {
    isUnderWay = true;
    // a task of its own after the frame: what was pressed comes before it
    requestAnimationFrame(() => setTimeout(work));
  }
}

function work(): void {
  const end = performance.now() + BUDGET_MS;
  try {
    do {
      const [next] = waiting;
      if (next === undefined) {
        break;
      }
      const [owner, step] = next;
      waiting.delete(owner);
      step();
    } while (performance.now() < end);
  } finally {
    isUnderWay = false;
    goOn();
  }
}
