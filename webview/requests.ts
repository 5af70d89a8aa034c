// What the host is asked to do and answers, each by its number.

import type { FromWebview, ToWebview } from '../src/protocol/reviewProtocol';
import { post } from './vscodeApi';

/** Why the host could not do it. */
export interface Refusal {
  readonly text: string;
  /** another folder for the journal may help */
  readonly elsewhere: boolean;
}

type WithoutNumber<T> = T extends unknown ? Omit<T, 'request'> : never;

export type Request = WithoutNumber<
  Extract<
    FromWebview,
    {
      readonly type:
        | 'openRow'
        | 'openSection'
        | 'nextUnreviewed'
        | 'record'
        | 'undoChange'
        | 'undo'
        | 'redo'
        | 'saveElsewhere';
    }
  >
>;

export class Requests {
  #last = 0;
  readonly #waiting = new Map<number, (refusal: Refusal | undefined) => void>();

  /** @param onAnswer is called once, without a refusal when it is done */
  ask(request: Request, onAnswer: (refusal: Refusal | undefined) => void): void {
    this.#last += 1;
    this.#waiting.set(this.#last, onAnswer);
    post({ ...request, request: this.#last });
  }

  receive(answer: Extract<ToWebview, { type: 'done' | 'failed' }>): void {
    const onAnswer = this.#waiting.get(answer.request);
    this.#waiting.delete(answer.request);
    onAnswer?.(answer.type === 'failed' ? answer : undefined);
  }
}
