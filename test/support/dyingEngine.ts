// An engine that kills itself at a given reward: the real one behind a wrapper, so that the moment
// does not depend on how fast this machine is.

import fs from 'node:fs';
import path from 'node:path';
import { ENGINE, tempFolder } from './paths';

export interface DyingEngine {
  readonly script: string;
  /** how often it died */
  readonly deaths: () => number;
}

/** @param candidate whose reward it is about to send when it dies @param times after that it lives */
export function dyingEngine(candidate: number, times: number): DyingEngine {
  const folder = tempFolder();
  const script = path.join(folder, 'dying-engine.js');
  const log = path.join(folder, 'deaths');
  fs.writeFileSync(log, '');
  fs.writeFileSync(
    script,
    `const fs = require('node:fs');
const send = process.send.bind(process);
process.send = (message, ...rest) => {
  const dies =
    message.method === '$/progress' &&
    message.params.value.candidate === ${candidate} &&
    fs.statSync(${JSON.stringify(log)}).size < ${times};
  if (dies) {
    fs.appendFileSync(${JSON.stringify(log)}, 'x');
    process.kill(process.pid, 'SIGKILL');
  }
  return send(message, ...rest);
};
require(${JSON.stringify(ENGINE)});
`,
  );
  return { script, deaths: () => fs.statSync(log).size };
}
