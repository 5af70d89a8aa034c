// What is scored for whom, when several views show one dataset and what they show changes.

import { afterEach, expect, test, vi } from 'vitest';
import { AppError } from '../../../src/base/errors';
import { ReviewEditor } from '../../../src/host/documents/reviewEditor';
import { LengthScorer } from '../../support/fakeScorer';
import { datasetOf, endHosts, fakePanel, startHost } from './host';

vi.mock('vscode', () => import('./fakeVscode'));

afterEach(endHosts);

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `s${n}`, prompt: 'p', candidates: ['x', 'yyy'] }));

async function openEditor(host: ReturnType<typeof startHost>, file: string) {
  const { webview, panel, setVisible } = fakePanel();
  const editor = new ReviewEditor(host.services, panel, file);
  await editor.open();
  await webview.last('sample');
  return { webview, editor, setVisible };
}

/** Scores wait until they are let go; what is given up ends at once. */
function heldScorer() {
  const waiting = new Set<() => void>();
  const scorer = new LengthScorer(
    (_, signal) =>
      new Promise<void>((resolve, reject) => {
        waiting.add(resolve);
        signal?.addEventListener('abort', () => {
          waiting.delete(resolve);
          reject(new AppError('CANCELLED', 'cancelled'));
        });
      }),
  );
  return { scorer, waiting, go: () => waiting.forEach((resolve) => resolve()) };
}

test('“Score again” in one view: the other gets the rewards, whoever goes on', async () => {
  const host = startHost();
  const { scorer, waiting, go } = heldScorer();
  host.engine.scorer = scorer;
  const file = datasetOf(rowsOf(2));
  const one = await openEditor(host, file);
  const two = await openEditor(host, file);
  const { sample } = await one.webview.last('sample');
  await vi.waitFor(() => expect(scorer.requests).toHaveLength(1));
  one.webview.send({ type: 'scoreAgain', key: sample.key });
  await vi.waitFor(() => expect(scorer.requests).toHaveLength(2));
  await one.webview.ask({ type: 'openRow', row: 1, takeFocus: false });
  await vi.waitFor(() => expect(waiting.size).toBe(2));
  go();
  const { score } = await two.webview.last('score', ({ score }) =>
    score.candidates.every(({ state }) => state === 'scored'),
  );
  expect(score.candidates).toMatchObject([{ reward: 1 }, { reward: 3 }]);
});
