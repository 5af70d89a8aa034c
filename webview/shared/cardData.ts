// What is known of one card, and its words.

import type { SampleView } from '../../src/protocol/reviewProtocol';
import type { CandidateScore } from '../../src/protocol/sampleParts';
import type { ReviewStore } from '../reviewStore';
import { letterOf, marginText, ordinal, rewardText, t } from '../words';

/** A candidate of the sample that is shown. */
export interface CardData {
  readonly store: ReviewStore;
  readonly sample: SampleView;
  readonly index: number;
}

/** Controls of the card with focus can be reached by Tab; the others are one stop away. */
export function tabStop({ store, index }: CardData): '0' | '-1' {
  return store.focused === index ? '0' : '-1';
}

/** Who wrote the answer, or why that is not said. */
export function sourceWords({ sample, index }: CardData): string {
  return sample.blind ? t('source hidden') : (sample.candidates[index]?.source ?? t('no source'));
}

export function scoreOf({ sample, index }: CardData): CandidateScore {
  return sample.score.candidates[index] ?? { state: 'none' };
}

/** The person's rank in words: "1st", "2nd =", "–"; "Good" and "Bad" when there is one answer. */
export function ownRank({ store, index }: CardData): string {
  const { places, allBad } = store.decisions.draft;
  if (allBad) {
    return t('Bad');
  }
  const place = places[index] ?? 0;
  if (place === 0) {
    return '–';
  }
  if (places.length === 1) {
    return t('Good');
  }
  return places.filter((other) => other === place).length > 1
    ? `${ordinal(place)} =`
    : ordinal(place);
}

/** The model's rank in words, or `undefined` without a reward. ≈: others are as good as equal. */
export function modelRank({ store, index }: CardData): string | undefined {
  const { modelPlaces: places, rewards } = store.decisions;
  const place = places[index] ?? 0;
  if (place === 0) {
    return undefined;
  }
  const tied = rewards.filter((_, n) => places[n] === place);
  if (new Set(tied).size > 1) {
    return t('≈ Model {0}', ordinal(place));
  }
  return t('Model {0}', tied.length > 1 ? `${ordinal(place)} =` : ordinal(place));
}

interface Margins {
  /** own reward minus the best one */
  readonly toBest: number;
  /** for the best: to the second */
  readonly toSecond: number | undefined;
}

export function margins({ store, index }: CardData): Margins | undefined {
  const own = store.decisions.rewards[index] ?? null;
  const [best, second] = store.decisions.rewards.filter((r) => r !== null).sort((a, b) => b - a);
  return own === null || best === undefined
    ? undefined
    : { toBest: own - best, toSecond: second === undefined ? undefined : best - second };
}

/** "best · +1.44 to 2nd", "−1.44 to best" */
export function marginWords(data: CardData): string {
  const found = margins(data);
  if (found === undefined) {
    return '';
  }
  if (found.toBest < 0) {
    return t('{0} to best', marginText(found.toBest));
  }
  return found.toSecond === undefined
    ? ''
    : t('best · {0} to {1}', marginText(found.toSecond), ordinal(2));
}

/** What a screen reader says of a card. */
export function cardLabel(data: CardData): string {
  const { sample, index, store } = data;
  const own =
    (store.decisions.draft.places[index] ?? 0) > 0 || store.decisions.draft.allBad
      ? t('You: {0}.', ownRank(data))
      : t('Not ranked by you.');
  const words = editWords(data);
  const edit = words === undefined ? [] : [`${words}.`];
  if (sample.blind) {
    const name = t('Answer {0}. Source and reward hidden.', letterOf(index));
    return [name, ...edit, own].join(' ');
  }
  const source = sample.candidates[index]?.source;
  const score = scoreOf(data);
  const rank = modelRank(data);
  const found = margins(data);
  const name =
    source === undefined
      ? t('Answer {0}.', letterOf(index))
      : t('Answer {0}, {1}.', letterOf(index), source);
  const reward =
    score.state !== 'scored'
      ? t('No reward yet.')
      : found === undefined || found.toBest === 0
        ? t('Reward {0}, {1}.', rewardText(score.reward), rank ?? '')
        : t(
            'Reward {0}, {1}, {2} below the best.',
            rewardText(score.reward),
            rank ?? '',
            rewardText(-found.toBest),
          );
  const outcome = score.state === 'error' ? t('No reward: {0}', score.text) : reward;
  return [name, ...edit, outcome, own].join(' ');
}

/** Whose the text is, when it is not the file's. */
export function editWords({ sample, index }: CardData): string | undefined {
  const { added, original } = sample.candidates[index] ?? {};
  return added === true
    ? t('written by you')
    : original === undefined
      ? undefined
      : t('edited by you');
}

/** The reward of what an edited answer said before, if it is known. */
export function formerReward({ sample, index }: CardData): number | null {
  return sample.score.before[index] ?? null;
}
