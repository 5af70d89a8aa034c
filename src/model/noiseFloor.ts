// How far a reward moves with what is computed together with it, measured on the device itself.

import type { DecoderRows } from './decoderRows';
import type { RewardModel } from './rewardModel';

const PROMPT =
  'user\nDescribe what you see, from left to right, and count the things on the table.';
const ANSWER =
  'There are three plates on the table, two of them white and one blue, beside a tall glass.';
/** Tails of different lengths: words of the answer, said over and over. */
const TAIL_WORDS = [1, 4, 9, 16, 25, 36] as const;

type Part = Pick<RewardModel, 'tokenizer' | 'decoder' | 'embed'>;

/**
 * Scores short answers together, in the opposite order, and each alone.
 * @returns margins below this are noise, in units of rewards: twice the largest change of one
 *   reward, as both ends of a margin may move. 0 when nothing moved
 */
export async function measureNoiseFloor(model: Part): Promise<number> {
  const { tokenizer, decoder } = model;
  const { ids } = tokenizer;
  const text = (words: string): number[] => tokenizer.encode(words, 'plain');
  const prompt = [ids.bos, ids.turnStart, ...text(PROMPT), ids.turnEnd, ids.turnStart];
  const prefix = await decoder.runPrefix(await model.embed(prompt, []));
  const tails: DecoderRows[] = [];
  for (const count of TAIL_WORDS) {
    const words = ANSWER.split(' ');
    const answer = Array.from({ length: count }, (_, n) => words[n % words.length]).join(' ');
    const tail = [...text(`assistant\n${answer}`), ids.turnEnd, ids.eos, ids.reward];
    tails.push(await model.embed(tail, []));
  }
  const together = await decoder.scoreTails(prefix, tails);
  const reversed = (await decoder.scoreTails(prefix, tails.toReversed())).toReversed();
  const changes: number[] = [];
  for (const [n, tail] of tails.entries()) {
    const alone = await decoder.scoreTail(prefix, tail);
    const rewards = [alone, together[n] ?? Number.NaN, reversed[n] ?? Number.NaN];
    changes.push(Math.max(...rewards) - Math.min(...rewards));
  }
  return 2 * Math.max(...changes);
}
