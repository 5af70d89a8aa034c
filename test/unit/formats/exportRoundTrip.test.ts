// What is exported and read again is the same sample with the same two answers.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDatasetRow } from '../../../src/formats/datasetRow';
import { EXPORT_FORMATS, type ExportFormat } from '../../../src/formats/exportFormats';
import { placeMedia } from '../../../src/formats/exports/placedMedia';
import type { PreferencePair } from '../../../src/formats/preferencePair';
import { filesOfName, frameListName } from '../../../src/sample/frameList';
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
    asFrames: fc.constantFrom(0, 0, 3),
    isMarked: fc.boolean(),
    id: fc.uuid(),
    domain: fc.option(words, { nil: undefined }),
    hdNum: fc.constantFrom(9, 16, undefined),
  })
  .map(({ messages, images, videos, asFrames, isMarked, id, domain, hdNum }) => {
    const marks = isMarked ? MEDIA_PLACEHOLDER.repeat(images + videos) : '';
    const asked = messages.findIndex(({ role }) => role === 'user');
    return sampleOf({
      id,
      ...(domain === undefined ? {} : { domain }),
      ...(hdNum === undefined ? {} : { hdNum }),
      messages: messages.map((turn, n) =>
        n === asked ? { ...turn, content: marks + turn.content } : turn,
      ),
      images: Array.from({ length: images }, (_, n) => `img/${n}.png`),
      videos: Array.from({ length: videos }, (_, n) =>
        asFrames === 0
          ? `clips/${n}.mp4`
          : frameListName(Array.from({ length: asFrames }, (__, at) => `clips/${n}/${at}.png`)),
      ),
    });
  });

// JSON has no negative zero
const reward = fc
  .oneof(fc.double({ min: -8, max: 8, noNaN: true }), fc.constantFrom(1, 2))
  .map((value) => value + 0);
const answer = fc.record({
  text: fc.tuple(fc.constantFrom('', '', ' ', '\n'), words).map((parts) => parts.join('')),
  source: fc.option(fc.constantFrom('model-a', 'Modèle 乙'), { nil: undefined }),
  reward,
});

const pairs = fc
  .tuple(samples, answer, answer)
  .filter(([, chosen, rejected]) => chosen.text.trim() !== rejected.text.trim())
  .map(([sample, ...answers]) => {
    const [chosen, rejected] = answers
      .map(({ source, ...each }) => ({
        ...each,
        edited: false,
        ...(source === undefined ? {} : { source }),
      }))
      .sort((a, b) => b.reward - a.reward);
    return pairOf({
      sample,
      tied: chosen?.reward === rejected?.reward,
      ...(chosen && rejected ? { chosen, rejected } : {}),
    });
  });

/** What rows hold beside prompt, media and answers. */
const ID: readonly ExportFormat[] = ['rewardlens', 'ixc', 'rlaif-v', 'mm-rlhf'];
const DOMAIN: readonly ExportFormat[] = ['rewardlens', 'rlaif-v'];
const MARGIN: readonly ExportFormat[] = ['rewardlens', 'trl-reward', 'openrlhf', 'ms-swift'];

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
      const { sample, chosen, rejected } = pair;
      const read = rows.map(({ row }) => {
        const result = parseDatasetRow(JSON.stringify(row), 1, 'safe');
        if (!result.ok) {
          throw new Error(`${result.error.message}: ${JSON.stringify(row)}`);
        }
        return result.sample;
      });
      for (const again of read) {
        expect(seen(again)).toEqual(seen(name === 'ixc' ? numbered(sample) : sample));
        expect(again.id).toBe(ID.includes(name) ? sample.id : 'line-1');
        expect(again.domain).toBe(DOMAIN.includes(name) ? sample.domain : undefined);
        expect(again.given).toEqual(givenBy(name, pair, again.candidates[0]?.text));
        const hasAll = name === 'rewardlens';
        expect(again.hdNum).toBe(hasAll ? sample.hdNum : undefined);
        const sources = [chosen, rejected].map(({ source }) => source);
        expect(again.candidates.map(({ source }) => source)).toEqual(
          hasAll ? sources : again.candidates.map(() => undefined),
        );
      }
      const answers = read.flatMap(({ candidates }) => candidates.map(({ text }) => text));
      expect(answers).toEqual(rows.length === 0 ? [] : [chosen.text, rejected.text]);
      expect(rows.length).toBeLessThanOrEqual(KTO.includes(name) ? 2 : 1);
    }),
    RUNS,
  );
  expect(held).toBeGreaterThan(10);
});

/** What a format says of the two answers. */
function givenBy(
  name: ExportFormat,
  { chosen, rejected, tied }: PreferencePair,
  first?: string,
): object {
  if (KTO.includes(name)) {
    return { labels: [first === chosen.text] };
  }
  const scores = [chosen.reward, rejected.reward];
  return {
    ranks: name === 'rewardlens' && tied ? [[0, 1]] : [[0], [1]],
    ...(MARGIN.includes(name) ? { margin: Number(chosen.reward) - Number(rejected.reward) } : {}),
    ...(name === 'rewardlens' ? { scores } : {}),
  };
}

test('media that a text places are named in its order', () => {
  fc.assert(
    fc.property(pairs, (pair) => {
      const { sample } = pair;
      for (const name of EXPORT_FORMATS) {
        const text = JSON.stringify(formatted(name, [pair], true).rows.map(({ row }) => row));
        const places = [...sample.images, ...sample.videos].map((path) =>
          text.indexOf(filesOfName(path)[0] ?? ''),
        );
        expect(text === '[]' || places.every((at, n) => at > (places[n - 1] ?? 0))).toBe(true);
      }
    }),
    RUNS,
  );
});
