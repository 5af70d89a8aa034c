// Samples for tests.

import type { Conversation } from '../../src/sample/conversation';
import type { Sample } from '../../src/sample/sample';
import type { ScoreOptions } from '../../src/sample/scorer';

export function sampleOf(overrides: Partial<Sample> = {}): Sample {
  return {
    id: 'a',
    line: 1,
    messages: [{ role: 'user', content: 'What is two plus two?' }],
    candidateRole: 'assistant',
    images: [],
    videos: [],
    candidates: [{ text: 'Four.' }, { text: 'Five.' }],
    ...overrides,
  };
}

export const SAFE: ScoreOptions = {
  compat: 'safe',
  hdNum: 24,
  maxLength: 16_384,
  frameLabels: 'atlas',
};
export const REFERENCE: ScoreOptions = { ...SAFE, compat: 'reference' };

/** The same question with one answer. */
export function conversationOf(answer: string, images: readonly string[] = []): Conversation {
  const messages = [...sampleOf().messages, { role: 'assistant' as const, content: answer }];
  return { messages, images };
}
