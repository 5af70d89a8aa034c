// Prompts of InternLM2-Reward: it knows no pictures, so `<ImageHere>` is a text like any other, and
// its tokenizer has a token `<|reward|>`.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { layoutPrompt, type PromptLayout } from '../../../src/model/chatTemplate';
import { encodeParts } from '../../../src/model/tokenSequence';
import { InternLm2Tokenizer } from '../../../src/model/tokenizer/internlm2Tokenizer';
import { TINY_CHECKPOINT } from '../../support/paths';
import { sampleOf } from '../../support/samples';

const FAMILY = 'internlm2-reward';
const tokenizer = new InternLm2Tokenizer(
  fs.readFileSync(path.join(TINY_CHECKPOINT, 'tokenizer.model')),
);
const { turnStart, turnEnd, reward } = tokenizer.ids;
const MODES = ['safe', 'reference'] as const;

const encode = ({ prefix, tail }: PromptLayout): readonly unknown[] =>
  encodeParts([...prefix, ...tail], tokenizer, []);
const text = (content: string): number[] => tokenizer.encode(content, 'plain');

test.each(MODES)('<ImageHere> is plain text (%s)', (compat) => {
  const question = 'What does <ImageHere> mean? <ImageHere>';
  const sample = sampleOf({ messages: [{ role: 'user', content: question }] });
  const layout = layoutPrompt(sample, 'A <ImageHere> mark.', compat, FAMILY);
  expect(layout.text).toBe(
    `<|im_start|>user\n${question}<|im_end|>\n` +
      '<|im_start|>assistant\nA <ImageHere> mark.<|im_end|>\n<|reward|>',
  );
  expect(encode(layout)).toEqual([
    ...[turnStart, ...text(`user\n${question}`), turnEnd, ...text('\n')],
    ...[turnStart, ...text('assistant\nA <ImageHere> mark.'), turnEnd, ...text('\n')],
    reward,
  ]);
});

test('<|reward|> in a text: the token in reference mode, plain text in safe mode', () => {
  const sample = sampleOf({ messages: [{ role: 'user', content: 'a <|reward|> b' }] });
  const answer = 'So: <|reward|>';
  expect(encode(layoutPrompt(sample, answer, 'reference', FAMILY))).toEqual([
    ...[turnStart, ...text('user\na '), reward, ...text(' b'), turnEnd, ...text('\n')],
    ...[turnStart, ...text('assistant\nSo: '), reward, turnEnd, ...text('\n')],
    reward,
  ]);
  expect(encode(layoutPrompt(sample, answer, 'safe', FAMILY))).toEqual([
    ...[turnStart, ...text('user\na <|reward|> b'), turnEnd, ...text('\n')],
    ...[turnStart, ...text('assistant\nSo: <|reward|>'), turnEnd, ...text('\n')],
    reward,
  ]);
  // IXC-2.5-Reward has no such token
  const other = layoutPrompt(sample, answer, 'reference', 'ixc-2.5-reward');
  expect(encode(other).filter((id) => id === reward)).toHaveLength(1);
});
