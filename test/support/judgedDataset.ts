// A dataset that two people have judged, with what they would say of rewards that are known.

import { createHash } from 'node:crypto';
import type { Sample } from '../../src/sample/sample';
import type { JournalEntry } from '../../src/sample/verdict';
import { seededRandom } from './random';
import { sampleOf } from './samples';

const SOURCES = ['aster-8b', 'birch-7b', 'cedar-4b', 'dogwood-26b'];
const THINGS = ['a red circle', 'a blue square', 'two green triangles', 'a small yellow star'];
const PLACES = ['on the left', 'on the right', 'at the top', 'in the middle of the picture'];

/** Samples without pictures; answers of different lengths, some of them in markdown. */
export function judgedSamples(count: number): readonly Sample[] {
  const random = seededRandom(41);
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? '';
  return Array.from({ length: count }, (_, n) => {
    const candidates = SOURCES.map((source) => {
      const sentences = Array.from({ length: 1 + Math.floor(5 * random() ** 2) }, () => {
        return `There is ${pick(THINGS)} ${pick(PLACES)}.`;
      });
      const text =
        random() < 0.3 ? `**Answer**\n\n- ${sentences.join('\n- ')}` : sentences.join(' ');
      return { text: `${text} (${source[0] ?? ''})`, source };
    });
    return sampleOf({
      id: `judged-${n}`,
      line: n + 1,
      messages: [{ role: 'user', content: `What is in picture ${n}?` }],
      candidates,
      domain: n % 3 === 0 ? 'counting' : 'places',
    });
  });
}

export function toRows(samples: readonly Sample[]): string {
  return samples
    .map(({ id, messages, candidates, domain }) =>
      JSON.stringify({ id, prompt: messages[0]?.content, candidates, domain }),
    )
    .join('\n');
}

/** As `sampleHash` has it; Playwright can't load the library that orders the keys there. */
export function hashOf({ messages, images, videos, candidates }: Sample): string {
  const content = JSON.stringify({
    candidates: candidates.map(({ text }) => text),
    images,
    messages: messages.map(({ content: text, role }) => ({ content: text, role })),
    videos,
  });
  return createHash('sha256').update(content).digest('hex');
}

export interface Judge {
  readonly name: string;
  /** places of samples that are judged, from 0 */
  readonly from: number;
  readonly to: number;
  readonly blind?: (n: number) => boolean;
  readonly accepted?: (n: number) => boolean;
}

/**
 * Rankings of all four answers by reward / temperature plus Gumbel noise, so that each pair follows
 * sigmoid(margin / temperature); accepted ones by the rewards alone.
 * @param rewardsOf by sample id
 */
export function journalOf(
  samples: readonly Sample[],
  rewardsOf: ReadonlyMap<string, readonly number[]>,
  temperature: number,
  judges: readonly Judge[],
): readonly JournalEntry[] {
  const random = seededRandom(17);
  let time = Date.parse('2026-11-24T08:00:00Z');
  return judges.flatMap(({ name, from, to, blind, accepted }) =>
    samples.slice(from, to).map((sample, n): JournalEntry => {
      const rewards = rewardsOf.get(sample.id) ?? [];
      const isAccepted = accepted?.(n) === true;
      const utilities = rewards.map((reward) =>
        isAccepted ? reward : reward / temperature - Math.log(-Math.log(random() || 0.5)),
      );
      const order = utilities
        .map((_, index) => index)
        .sort((a, b) => (utilities[b] ?? 0) - (utilities[a] ?? 0));
      time += 60_000;
      return {
        v: 1,
        uid: `${name}-${n}`,
        at: new Date(time).toISOString(),
        by: name,
        id: sample.id,
        line: sample.line,
        sampleHash: hashOf(sample),
        kind: 'rank',
        ranks: order.map((index) => [index]),
        unranked: [],
        accepted: isAccepted,
        blind: blind?.(n) === true && !isAccepted,
        shown: order.map((_, index) => index),
        ms: 4000,
      };
    }),
  );
}
