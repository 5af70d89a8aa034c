// The extension host killed in the middle of a review: what showed as saved is on disk.

import { killedReview, randomDelays } from './killedReview';
import { expect, test } from './vscode';

/** `npm run bench kill` wants more. */
const KILLS = Number(process.env.REWARDLENS_KILLS ?? 5);

test('the extension host killed at random moments: no decision is lost', async ({ workbench }) => {
  test.setTimeout(60_000 * KILLS);
  const home = workbench.home({ 'rewardlens.scoring.scoreOnOpen': false });
  const server = await workbench.server(home);
  const saved: number[] = [];
  for (const delayMs of randomDelays(6, KILLS)) {
    const window = await workbench.window(server, home, workbench.workspace());
    saved.push(await killedReview(window, delayMs));
    await window.close();
  }
  // the moments are spread over the review
  expect(new Set(saved).size).toBeGreaterThan(2);
});
