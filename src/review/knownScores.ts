// Rewards that are known, by sample and text: an answer that was edited since, or one whose picture
// is another one now, has none until it is scored anew.

import type { SampleScore } from '../sample/reward';
import type { RevisedSample } from '../sample/revision';
import type { Candidate, Sample } from '../sample/sample';

interface Scored {
  readonly score: SampleScore;
  /** that were scored */
  readonly texts: readonly string[];
  readonly ofFile: readonly Candidate[];
  /** identity of the media that were scored */
  readonly media: string;
}

export class KnownScores {
  readonly #byLine = new Map<number, Scored>();
  /** rewards of all texts that were scored, also of those that stand there no more */
  readonly #rewards = new Map<number, Map<string, number>>();

  /**
   * @param revised with the texts that were scored
   * @param media identity of the media that were scored
   */
  set(
    { file, sample: { line, candidates } }: RevisedSample,
    score: SampleScore,
    media: string,
  ): void {
    const texts = candidates.map(({ text }) => text);
    if (this.mediaOf(line) !== media) {
      this.forget(line);
    }
    this.#byLine.set(line, { score, texts, ofFile: file.candidates, media });
    const rewards = this.#rewards.get(line) ?? new Map<string, number>();
    for (const [n, text] of texts.entries()) {
      const reward = score.rewards[n] ?? null;
      if (reward !== null) {
        rewards.set(text, reward);
      }
    }
    this.#rewards.set(line, rewards);
  }

  /** The score of a sample; `undefined` when it was not scored with just these texts. */
  get({ line, candidates }: Pick<Sample, 'line' | 'candidates'>): SampleScore | undefined {
    const scored = this.#byLine.get(line);
    const isOfThese =
      scored?.texts.length === candidates.length &&
      candidates.every(({ text }, n) => text === scored.texts[n]);
    return isOfThese ? scored.score : undefined;
  }

  /** Lines of which anything was scored. */
  lines(): Iterable<number> {
    return this.#byLine.keys();
  }

  /** The file's answers on a line that was scored, as they stand there. */
  answersOfFile(line: number): readonly Candidate[] | undefined {
    return this.#byLine.get(line)?.ofFile;
  }

  /** The last score of a line, whatever its texts: what it says of prompt and media holds. */
  lastOf(line: number): SampleScore | undefined {
    return this.#byLine.get(line)?.score;
  }

  /** The reward of a text as an answer to the prompt of a line, if it was ever scored. */
  rewardOf(line: number, text: string): number | undefined {
    return this.#rewards.get(line)?.get(text);
  }

  /** Identity of the media that the rewards of a line are of; `undefined` without any. */
  mediaOf(line: number): string | undefined {
    return this.#byLine.get(line)?.media;
  }

  /** The media of a line are others now. */
  forget(line: number): void {
    this.#byLine.delete(line);
    this.#rewards.delete(line);
  }

  clear(): void {
    this.#byLine.clear();
    this.#rewards.clear();
  }

  /** Median over the scored samples of best minus worst reward. */
  medianRange(): number | undefined {
    const ranges = [...this.#byLine.values()]
      .map(({ score }) => score.rewards.filter((reward) => reward !== null))
      .filter((rewards) => rewards.length > 1)
      .map((rewards) => Math.max(...rewards) - Math.min(...rewards))
      .sort((a, b) => a - b);
    return ranges[ranges.length >> 1];
  }
}
