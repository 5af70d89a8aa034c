import { expect, test } from 'vitest';
import { layoutPrompt, type PromptLayout } from '../../../src/model/chatTemplate';
import {
  imageRuns,
  requireFits,
  sequenceLength,
  truncateSequence,
} from '../../../src/model/tokenSequence';
import { sampleOf } from '../../support/samples';

/** Media and texts of a layout, in order. */
function outline({ prefix, tail }: PromptLayout): (string | number)[] {
  return [...prefix, '|', ...tail].map((part) =>
    typeof part === 'string'
      ? part
      : part.kind === 'media'
        ? part.index
        : part.kind === 'text'
          ? part.text
          : part.token,
  );
}

test('the published template', () => {
  expect(layoutPrompt(sampleOf(), 'Four.', 'reference', 'ixc-2.5-reward').text).toBe(
    '[UNUSED_TOKEN_146]user\nWhat is two plus two?[UNUSED_TOKEN_145]\n' +
      '[UNUSED_TOKEN_146]assistant\nFour.[UNUSED_TOKEN_145]\n</s>[UNUSED_TOKEN_130]',
  );
});

test('one image without placeholder goes before everything', () => {
  const sample = sampleOf({ images: ['a.png'] });
  for (const compat of ['safe', 'reference'] as const) {
    expect(outline(layoutPrompt(sample, 'x', compat, 'ixc-2.5-reward'))[0]).toBe(0);
    expect(layoutPrompt(sample, 'x', compat, 'ixc-2.5-reward').text).toMatch(
      /^<ImageHere>\[UNUSED_TOKEN_146\]user/,
    );
  }
});

test('several images without placeholder: training form, or behind the reward token', () => {
  const sample = sampleOf({ images: ['a.png', 'b.png'] });
  const safe = layoutPrompt(sample, 'x', 'safe', 'ixc-2.5-reward');
  expect(safe.text).toContain(
    'user\nImage1 <ImageHere>; Image2 <ImageHere>; What is two plus two?',
  );
  expect(outline(safe).filter((part) => typeof part === 'number')).toEqual([0, 1]);
  const reference = outline(layoutPrompt(sample, 'x', 'reference', 'ixc-2.5-reward'));
  expect(reference.at(-1)).toBe(0);
  expect(reference.filter((part) => typeof part === 'number')).toEqual([0]);
});

test('too few placeholders: an error, or leftovers behind the reward token', () => {
  const messages = [{ role: 'user' as const, content: 'See <ImageHere> now.' }];
  const sample = sampleOf({ messages, images: ['a.png', 'b.png', 'c.png'] });
  expect(() => layoutPrompt(sample, 'x', 'safe', 'ixc-2.5-reward')).toThrow(
    expect.objectContaining({ code: 'PLACEHOLDER_MISMATCH' }),
  );
  const media = outline(layoutPrompt(sample, 'x', 'reference', 'ixc-2.5-reward')).filter(
    (part) => typeof part === 'number',
  );
  expect(media).toEqual([0, 1]);
});

test('a placeholder without image vanishes, or is an error', () => {
  const messages = [{ role: 'user' as const, content: 'look <ImageHere> here' }];
  const sample = sampleOf({ messages });
  expect(outline(layoutPrompt(sample, 'x', 'reference', 'ixc-2.5-reward')).join('')).toContain(
    'look  here',
  );
  expect(() => layoutPrompt(sample, 'x', 'safe', 'ixc-2.5-reward')).toThrow(
    expect.objectContaining({ code: 'PLACEHOLDER_MISMATCH' }),
  );
});

test('a placeholder in an answer is text in safe mode and takes the image in reference mode', () => {
  const sample = sampleOf({ images: ['a.png'] });
  const safe = layoutPrompt(sample, 'see <ImageHere>', 'safe', 'ixc-2.5-reward');
  expect(outline(safe)[0]).toBe(0);
  expect(safe.tail.some((part) => part.kind === 'media')).toBe(false);
  const reference = layoutPrompt(sample, 'see <ImageHere>', 'reference', 'ixc-2.5-reward');
  expect(reference.prefix.some((part) => part.kind === 'media')).toBe(false);
  expect(reference.tail.some((part) => part.kind === 'media')).toBe(true);
});

test('videos fill the marks after the images', () => {
  const sample = sampleOf({ images: ['a.png'], videos: ['v.mp4'] });
  expect(layoutPrompt(sample, 'x', 'safe', 'ixc-2.5-reward').text).toContain(
    'Image1 <ImageHere>; Image2 <ImageHere>',
  );
});

test('sequences: length, runs, truncation keeps the head', () => {
  const items = [1, { media: 0, tokens: 5 }, 2, { media: 1, tokens: 3 }, 3];
  expect(sequenceLength(items)).toBe(11);
  expect(imageRuns(items)).toEqual([
    [1, 6],
    [7, 10],
  ]);
  expect(truncateSequence(items, 4)).toEqual([1, { media: 0, tokens: 3 }]);
  expect(truncateSequence(items, 99)).toEqual(items);
  expect(() => requireFits(11, 10)).toThrow(expect.objectContaining({ code: 'TOO_LONG' }));
});
