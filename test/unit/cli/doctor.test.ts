// `rewardlens doctor`.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { run, runHeld } from '../../support/cli';
import { CLI, tempFolder } from '../../support/paths';

test('doctor: the self-test and its JSON', () => {
  expect(run('doctor')).toMatchObject({
    code: 0,
    out: expect.stringContaining('rewards repeat') as string,
  });
  const report = JSON.parse(run('doctor', '--json').out) as { model: unknown };
  expect(report.model).toMatchObject({ ok: true, selfTest: { repeatable: true } });
  expect(report).toMatchObject({
    devices: [
      { name: 'cpu', usable: true },
      { name: 'webgpu' },
      { name: 'cuda' },
      { name: 'dml' },
      { name: 'coreml' },
    ],
  });
  expect(run('doctor', '--model', '/nowhere').code).toBe(1);
});

test('doctor: says why the engine does not start', () => {
  const folder = tempFolder();
  const cli = path.join(folder, 'cli.js');
  fs.copyFileSync(CLI, cli);
  fs.writeFileSync(path.join(folder, 'engine.js'), "require('no-such-runtime');\n");
  const doctor = spawnSync(process.execPath, [cli, 'doctor', '--json'], { encoding: 'utf8' });
  expect(doctor.status).toBe(1);
  expect(JSON.parse(doctor.stdout)).toMatchObject({
    onnxruntime: null,
    engine: { ok: false, code: 'ENGINE_START_FAILED' },
    model: { ok: false },
  });
  expect(doctor.stdout).toContain("Cannot find module 'no-such-runtime'");
  const text = spawnSync(process.execPath, [cli, 'doctor'], { encoding: 'utf8' });
  expect(text.stdout).toContain("Cannot find module 'no-such-runtime'");
});

test.each(['model', 'testDevices', 'selfTest'])(
  'doctor: Ctrl+C during %s ends it without a report',
  async (method) => {
    const held = await runHeld({ method }, 'doctor');
    held.interrupt();
    const { code, out, err } = await held.ended;
    expect([code, out]).toEqual([130, '']);
    expect(err).toContain('Cancelled.');
    expect(err).not.toContain('CANCELLED');
  },
);
