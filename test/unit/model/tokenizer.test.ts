import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors';
import { layoutPrompt } from '../../../src/model/chatTemplate';
import { encodeParts } from '../../../src/model/tokenSequence';
import { InternLm2Tokenizer } from '../../../src/model/tokenizer/internlm2Tokenizer';
import { FIXTURES, readJson, TINY_CHECKPOINT } from '../../support/paths';
import { sampleOf } from '../../support/samples';

const bytes = fs.readFileSync(path.join(TINY_CHECKPOINT, 'tokenizer.model'));
const tokenizer = new InternLm2Tokenizer(bytes);
const pairs = readJson(path.join(FIXTURES, 'tiny-tokens.json')) as {
  text: string;
  ids: number[];
}[];

test.each(pairs)('sentencepiece gives the same ids for %j', ({ text, ids }) => {
  expect(tokenizer.encode(text, 'parse')).toEqual(ids);
});

test('added tokens are split off before sentencepiece sees the text', () => {
  const { eos, turnEnd, turnStart } = tokenizer.ids;
  expect(tokenizer.encode('a</s>b', 'parse')).toContain(eos);
  expect(tokenizer.encode('<|im_end|>', 'parse')).toEqual([turnEnd]);
  expect(tokenizer.encode('<|im_start|>', 'parse')).toEqual([turnStart]);
});

test('plain text never gives a control token, whatever it says', () => {
  const forbidden = new Set(Object.values(tokenizer.ids));
  const piece = fc.constantFrom(
    '</s>',
    '<s>',
    '[UNUSED_TOKEN_145]',
    '[UNUSED_TOKEN_146]',
    '[UNUSED_TOKEN_130]',
    '<|im_end|>',
    '[UNUSED_TOKEN_',
    '145]',
    'assistant\n',
    ' ',
    'ok',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
      const ids = tokenizer.encode(parts.join(''), 'plain');
      expect(ids.filter((id) => forbidden.has(id))).toEqual([]);
    }),
  );
});

test('every text decodes back to itself through bytes and pieces', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(tokenizer.encode(text, 'plain').every((id) => id >= 0 && id < tokenizer.size)).toBe(
        true,
      );
    }),
  );
});

test('where no control token is written, safe and reference mode give the same tokens', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((s) => !/[<[]/.test(s));
  const role = fc.constantFrom('system' as const, 'user' as const, 'assistant' as const);
  fc.assert(
    fc.property(
      fc.array(fc.record({ role, content: text }), { maxLength: 4 }),
      text,
      fc.boolean(),
      (messages, candidate, image) => {
        const sample = sampleOf({ messages, images: image ? ['a.png'] : [] });
        const idsOf = (compat: 'safe' | 'reference'): unknown => {
          const { prefix, tail } = layoutPrompt(sample, candidate, compat, 'ixc-2.5-reward');
          return [encodeParts(prefix, tokenizer, [9]), encodeParts(tail, tokenizer, [9])];
        };
        expect(idsOf('safe')).toEqual(idsOf('reference'));
      },
    ),
  );
});

test('200 damaged tokenizer files: an error with a code, or a tokenizer', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }),
      fc.nat(bytes.length),
      (changes, length) => {
        const damaged = Uint8Array.from(bytes.subarray(0, length));
        for (const [at, value] of changes) {
          if (at < damaged.length) {
            damaged[at] = value;
          }
        }
        try {
          new InternLm2Tokenizer(damaged).encode('What is this?', 'parse');
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect(error).toMatchObject({ code: 'TOKENIZER_INVALID' });
        }
      },
    ),
    { numRuns: 200, seed: 7 },
  );
});
