// What is exported and read again is the same sample with the same two answers.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDatasetRow } from '../../../src/formats/datasetRow';
import { EXPORT_FORMATS, type ExportFormat } from '../../../src/formats/exportFormats';
import { placeMedia } from '../../../src/formats/exports/placedMedia';
import { MEDIA_PLACEHOLDER, type Sample, type Turn } from '../../../src/sample/sample';
import { formatted, pairOf } from '../../support/pairs';
import { sampleOf } from '../../support/samples';

const RUNS = { numRuns: 500, seed: 20261125 };

/** Letters of many scripts, newlines and signs that mean something in some format; never blank. */
const words = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
      fc.constantFrom('\n', '\n\n', '\t', '"', '\\', '<b>', '{', '😀', 'é', 'صورة', '画像', ': '),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => `w${parts.join('')}.`)
  .filter((text) => !/image|video|audio|human|assistant/i.test(text));

const rounds = fc
  .tuple(
    fc.option(words, { nil: undefined, freq: 1 }),
    fc.oneof(fc.constant([]), fc.array(fc.tuple(words, words), { maxLength: 2 })),
    words,
  )
  .map(([system, earlier, question]): Turn[] => [
    ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
    ...earlier.flatMap(([asked, said]): Turn[] => [
      { role: 'user', content: asked },
      { role: 'assistant', content: said },
    ]),
    { role: 'user', content: question },
  ]);

const samples: fc.Arbitrary<Sample> = fc
  .record({
    messages: rounds,
    images: fc.constantFrom(0, 0, 1, 1, 2, 3),
    videos: fc.constantFrom(0, 0, 0, 1),
    isMarked: fc.boolean(),
  })
  .map(({ messages, images, videos, isMarked }) => {
    const marks = isMarked ? MEDIA_PLACEHOLDER.repeat(images + videos) : '';
    const asked = messages.findIndex(({ role }) => role === 'user');
    return sampleOf({
      messages: messages.map((turn, n) =>
        n === asked ? { ...turn, content: marks + turn.content } : turn,
      ),
      images: Array.from({ length: images }, (_, n) => `img/${n}.png`),
      videos: Array.from({ length: videos }, (_, n) => `clips/${n}.mp4`),
    });
  });

const pairs = fc
  .tuple(samples, words, words)
  .filter(([, chosen, rejected]) => chosen !== rejected)
  .map(([sample, chosen, rejected]) =>
    pairOf({
      sample,
      chosen: { text: chosen, edited: false, reward: 2 },
      rejected: { text: rejected, edited: false, reward: 0.5 },
    }),
  );

/** Prompt and media as the model sees them, whether marks say so or not. */
function seen(sample: Sample): unknown {
  const placed = placeMedia(sample);
  return placed.ok ? placed.turns : placed.reason;
}

/** IXC's trainer wants several images numbered: what its rows hold of a sample that does not. */
function numbered(sample: Sample): Sample {
  const { messages, images } = sample;
  const isPlaced = messages.some(({ content }) => content.includes(MEDIA_PLACEHOLDER));
  const asked = messages.findIndex(({ role }) => role === 'user');
  const marks = images.map((_, n) => `Image${n + 1} ${MEDIA_PLACEHOLDER}; `).join('');
  return images.length < 2 || isPlaced
    ? sample
    : {
        ...sample,
        messages: messages.map((turn, n) =>
          n === asked ? { ...turn, content: marks + turn.content } : turn,
        ),
      };
}

const KTO: readonly ExportFormat[] = ['trl-kto', 'ms-swift-kto'];

test.each(EXPORT_FORMATS)('%s: read again, an export is what it was made from', (name) => {
  let held = 0;
  fc.assert(
    fc.property(pairs, (pair) => {
      const { rows } = formatted(name, [pair], true);
      held += rows.length > 0 ? 1 : 0;
      const answers = rows.flatMap(({ row }) => {
        const result = parseDatasetRow(JSON.stringify(row), 1, 'safe');
        if (!result.ok) {
          throw new Error(`${result.error.message}: ${JSON.stringify(row)}`);
        }
        expect(seen(result.sample)).toEqual(
          seen(name === 'ixc' ? numbered(pair.sample) : pair.sample),
        );
        return result.sample.candidates.map(({ text }) => text);
      });
      const { chosen, rejected } = pair;
      // plain text is joined to its prompt by a space
      const read =
        name === 'trl-standard' ? answers.map((text) => text.replace(/^ /, '')) : answers;
      expect(read).toEqual(rows.length > 0 ? [chosen.text, rejected.text] : []);
      expect(rows.length).toBeLessThanOrEqual(KTO.includes(name) ? 2 : 1);
    }),
    RUNS,
  );
  expect(held).toBeGreaterThan(10);
});

test('media that a text places are named in its order', () => {
  fc.assert(
    fc.property(pairs, (pair) => {
      const { sample } = pair;
      for (const name of EXPORT_FORMATS) {
        const text = JSON.stringify(formatted(name, [pair], true).rows.map(({ row }) => row));
        const places = [...sample.images, ...sample.videos].map((path) => text.indexOf(path));
        expect(text === '[]' || places.every((at, n) => at > (places[n - 1] ?? 0))).toBe(true);
      }
    }),
    RUNS,
  );
});
