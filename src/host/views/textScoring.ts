// The reward of an answer while it is being written in a webview: one at a time.

import type { Disposable } from '../../base/disposable';
import { encodeError, isCancelled } from '../../base/errors';
import type { FromWebview } from '../../protocol/reviewProtocol';
import type { CandidateScore } from '../../protocol/sampleParts';
import { describeError } from '../messages';
import type { SamplePosts } from './samplePosts';
import type { ShownSample } from './sampleViews';

type TextMessage = Extract<FromWebview, { type: 'scoreText' | 'cancelText' }>;

interface TextContext {
  readonly posts: SamplePosts;
  find(key: string): Promise<ShownSample | undefined>;
}

export class TextScoring implements Disposable {
  #controller = new AbortController();

  /** What was asked for before is given up. The page is told what comes of the rest. */
  async receive(context: TextContext, message: TextMessage): Promise<void> {
    this.#controller.abort();
    const controller = new AbortController();
    this.#controller = controller;
    if (message.type === 'cancelText') {
      return;
    }
    const { key, text } = message;
    const shown = await context.find(key);
    if (shown === undefined || controller.signal.aborted) {
      return;
    }
    const answer = (score: CandidateScore): void =>
      controller.signal.aborted ? undefined : context.posts.textScore(shown, text, score);
    answer({ state: 'scoring', attempt: 1 });
    try {
      answer(await shown.dataset.scoring.text(shown.sample, text, controller.signal));
    } catch (error) {
      if (isCancelled(error)) {
        answer({ state: 'none' });
        return;
      }
      const encoded = encodeError(error);
      answer({ state: 'error', error: encoded, text: describeError(encoded) });
    }
  }

  dispose(): void {
    this.#controller.abort();
  }
}
