// Checks that a page asks for: each is told how far it is, and can be stopped.

import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable';
import { encodeError, isCancelled } from '../../base/errors';
import type { AskedCheck, ExplanationView } from '../../protocol/explanationParts';
import type { FromWebview, ToWebview } from '../../protocol/reviewProtocol';
import { positionOf, type ShownOrder } from '../../review/shownOrder';
import { explainAnswer } from '../explainAnswer';
import { describeError } from '../messages';
import type { Services } from '../services';
import type { Viewer } from '../sessionScoring';
import type { ShownSample } from './sampleViews';

type ExplainMessage = Extract<FromWebview, { type: 'explain' | 'cancelExplain' }>;

interface ExplainContext {
  readonly services: Services;
  readonly viewer: Viewer;
  post(message: ToWebview): void;
  find(key: string): Promise<ShownSample | undefined>;
}

interface Run {
  readonly key: string;
  readonly controller: AbortController;
}

export class Explaining implements Disposable {
  readonly #runs = new Map<string, Run>();

  /** The page is told what comes of it. What was asked about another sample is given up. */
  async receive(context: ExplainContext, message: ExplainMessage): Promise<void> {
    const { key, text, check, image } = message;
    const named: AskedCheck = { key, text, check, image };
    const name = JSON.stringify(named);
    this.#runs.get(name)?.controller.abort();
    this.#runs.delete(name);
    for (const run of this.#runs.values()) {
      if (run.key !== key) {
        run.controller.abort();
      }
    }
    const answer = (view: ExplanationView): void => post(context, named, view);
    if (message.type === 'cancelExplain') {
      answer({ state: 'none' });
      return;
    }
    const controller = new AbortController();
    const run: Run = { key, controller };
    this.#runs.set(name, run);
    try {
      const view = await this.#run(context, message, controller.signal);
      if (this.#runs.get(name) === run) {
        answer(view);
      }
    } catch (error) {
      if (this.#runs.get(name) === run) {
        answer(
          isCancelled(error)
            ? { state: 'none' }
            : { state: 'error', text: describeError(encodeError(error)) },
        );
      }
    } finally {
      if (this.#runs.get(name) === run) {
        this.#runs.delete(name);
      }
    }
  }

  async #run(
    context: ExplainContext,
    message: Extract<ExplainMessage, { type: 'explain' }>,
    signal: AbortSignal,
  ): Promise<ExplanationView> {
    const { key, text, check, image, confirmed } = message;
    const shown = await context.find(key);
    const sample = shown?.revised.sample;
    // answers with the same text have the same reward
    const candidate = sample?.candidates.findIndex((each) => each.text === text) ?? -1;
    if (shown === undefined || sample === undefined || candidate < 0 || !mayKnow(context, key)) {
      return { state: 'none' };
    }
    post(context, message, { state: 'running', done: 0, total: 0 });
    const { dataset, row } = shown;
    const onProgress = (done: number, total: number): void =>
      signal.aborted ? undefined : post(context, message, { state: 'running', done, total });
    return explainAnswer(
      context.services.engine,
      { dataset, row, sample, candidate },
      { check, image, isConfirmed: confirmed },
      onProgress,
      signal,
    );
  }

  dispose(): void {
    for (const { controller } of this.#runs.values()) {
      controller.abort();
    }
    this.#runs.clear();
  }
}

/** Rewards may be computed, and this page shows those of the sample. */
function mayKnow({ services, viewer }: ExplainContext, key: string): boolean {
  const how = services.presentations.shownTo(viewer, key);
  return vscode.workspace.isTrusted && how?.blind === false;
}

function post(
  context: ExplainContext,
  { key, text, check, image }: AskedCheck,
  view: ExplanationView,
): void {
  const how = context.services.presentations.shownTo(context.viewer, key);
  if (how?.blind === false) {
    const explanation = asShown(view, how.order);
    context.post({ type: 'explanation', key, text, check, image, explanation });
  }
}

/** Answers are named by their position on the page. */
function asShown(view: ExplanationView, order: ShownOrder): ExplanationView {
  if (view.state !== 'found' || view.found.check !== 'style' || view.found.short === undefined) {
    return view;
  }
  const { short } = view.found;
  const candidate = positionOf(order, short.candidate);
  return { ...view, found: { ...view.found, short: { ...short, candidate } } };
}
