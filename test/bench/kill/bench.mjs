// The extension host killed at 100 random moments of a scripted review, KILLS changes how many: a
// decision that showed as saved must be on disk, and the journal whole. About a quarter of an hour.
import { spawnSync } from 'node:child_process';
import { ensureChromium, ensureServer, NODE, ROOT } from '../../harness/setup.mjs';

const KILLS = process.env.KILLS ?? '100';

export async function bench() {
  ensureServer();
  ensureChromium();
  const args = ['test', '-c', 'test/ui/playwright.config.ts', 'test/ui/kill.spec.ts'];
  const { status } = spawnSync(
    NODE,
    ['node_modules/@playwright/test/cli.js', ...args, '--retries', '0', '--timeout', '0'],
    { cwd: ROOT, stdio: 'inherit', env: { ...process.env, REWARDLENS_KILLS: KILLS } },
  );
  if (status !== 0) {
    throw new Error('a decision was lost, or the journal damaged: see above');
  }
  return { rows: [{ kills: Number(KILLS), lost: 0 }] };
}
