// Where fixtures and bundles lie.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const FIXTURES = path.join(ROOT, 'test/fixtures');
export const TINY_CHECKPOINT = path.join(FIXTURES, 'tiny-checkpoint');
/** the tiny model, converted */
export const TINY_MODEL = path.join(FIXTURES, 'tiny-model');
export const DEMO_MODEL = path.join(ROOT, 'media/demo-model');
export const SAMPLES = path.join(FIXTURES, 'samples/everyday.candidates.jsonl');
export const ENGINE = path.join(ROOT, 'dist/engine.js');
export const CLI = path.join(ROOT, 'dist/cli.js');
/** numbers to match, not part of the project */
export const GOLDEN = path.resolve(ROOT, '../shared/golden');

const tempFolders: string[] = [];

/** A folder that is removed when the process ends. */
export function tempFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-test-'));
  if (tempFolders.push(folder) === 1) {
    process.once('exit', () => {
      for (const each of tempFolders) {
        fs.rmSync(each, { recursive: true, force: true });
      }
    });
  }
  return folder;
}

export function readJson(file: string): unknown {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
