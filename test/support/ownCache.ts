// Tests have a cache of pictures of their own: what the person at this machine has computed stays out.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export default function setup(): () => void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-cache-'));
  process.env.REWARDLENS_CACHE = folder;
  return () => fs.rmSync(folder, { recursive: true, force: true });
}
