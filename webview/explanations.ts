// What checks found about answers, which of it is open, and which sentence is looked at.

import type { ExplanationView } from '../src/protocol/explanationParts';
import type { SampleView, ToWebview } from '../src/protocol/reviewProtocol';
import type { Check, Explanation } from '../src/sample/explanation';
import { post } from './vscodeApi';

/** Results that are kept: going back to a sample shows them again. */
const KEPT = 500;

/** A check of one answer. */
export interface Asked {
  readonly sample: SampleView;
  /** position of the answer */
  readonly index: number;
  readonly check: Check;
  /** position among the sample's images; counts for `occlusion` alone */
  readonly image?: number;
}

export type Found<C extends Check> = Extract<Explanation, { check: C }>;

/** A sentence of an answer, both from 0. */
export interface SentencePlace {
  readonly key: string;
  readonly index: number;
  readonly sentence: number;
}

export class Explanations {
  /** the sentence whose step is outlined */
  looked: SentencePlace | undefined;
  readonly #views = new Map<string, ExplanationView>();
  readonly #open = new Set<string>();

  /** @param noiseFloor rewards that differ by no more are the same */
  constructor(readonly noiseFloor: () => number) {}

  /** How far a check is. What was found about another reward than the one shown does not count. */
  of(asked: Asked): ExplanationView {
    const view = this.#views.get(nameOf(asked)) ?? { state: 'none' };
    return view.state === 'found' && !this.#isCurrent(view.found, asked) ? { state: 'none' } : view;
  }

  /** What a check found; `undefined` when there is nothing. */
  found<C extends Check>(asked: Asked & { readonly check: C }): Found<C> | undefined {
    const view = this.of(asked);
    return view.state === 'found' && view.found.check === asked.check
      ? (view.found as Found<C>)
      : undefined;
  }

  #isCurrent({ own }: Explanation, { sample, index }: Asked): boolean {
    const score = sample.score.candidates[index];
    return (
      score?.state === 'scored' &&
      own.reward !== null &&
      Math.abs(own.reward - score.reward) <= this.noiseFloor()
    );
  }

  /** A check says something only about an answer that has a reward, and that may be known. */
  canAsk({ sample, index, check, image = 0 }: Asked): boolean {
    const hasReward = sample.score.candidates[index]?.state === 'scored';
    const needs = {
      sentences: true,
      grounding: sample.media.length > 0,
      style: true,
      occlusion: sample.media[image]?.kind === 'image',
    };
    return hasReward && !sample.blind && needs[check];
  }

  /** @param confirmed the person knows what it costs */
  ask(asked: Asked, confirmed = false): void {
    this.#open.add(nameOf(asked));
    post({ type: 'explain', ...message(asked), confirmed });
  }

  cancel(asked: Asked): void {
    this.#views.delete(nameOf(asked));
    post({ type: 'cancelExplain', ...message(asked) });
  }

  receive({
    key,
    text,
    check,
    image,
    explanation,
  }: Extract<ToWebview, { type: 'explanation' }>): void {
    const name = JSON.stringify([key, text, check, image]);
    this.#views.delete(name);
    if (explanation.state !== 'none') {
      this.#views.set(name, explanation);
    }
    for (const old of [...this.#views.keys()].slice(0, Math.max(0, this.#views.size - KEPT))) {
      this.#views.delete(old);
      this.#open.delete(old);
    }
  }

  /** The details of a result are shown: strip, table or map. */
  isOpen(asked: Asked): boolean {
    return this.#open.has(nameOf(asked));
  }

  setOpen(asked: Asked, isOpen: boolean): void {
    if (isOpen) {
      this.#open.add(nameOf(asked));
    } else {
      this.#open.delete(nameOf(asked));
    }
  }
}

function message({ sample, index, check, image = 0 }: Asked): {
  key: string;
  text: string;
  check: Check;
  image: number;
} {
  const text = sample.candidates[index]?.text ?? '';
  return { key: sample.key, text, check, image: check === 'occlusion' ? image : 0 };
}

function nameOf(asked: Asked): string {
  const { key, text, check, image } = message(asked);
  return JSON.stringify([key, text, check, image]);
}
