// A conversation as one text: "\n\nHuman: …\n\nAssistant: …", as older preference data has it.

import type { RawTurn } from './turns';

const TURN = /(?:^|\n\n)(Human|Assistant): ?/;

/** @returns `undefined` for any other text */
export function readTranscript(text: string): RawTurn[] | undefined {
  const [before, ...parts] = text.split(TURN);
  if (before?.trim() !== '' || parts.length === 0) {
    return undefined;
  }
  const turns: RawTurn[] = [];
  for (let n = 0; n < parts.length; n += 2) {
    turns.push({
      role: parts[n] === 'Human' ? 'user' : 'assistant',
      pieces: [parts[n + 1] ?? ''],
    });
  }
  return turns;
}
