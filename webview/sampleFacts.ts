// What is known of a sample beside its answers, in words.

import type { SampleView } from '../src/protocol/reviewProtocol';
import { bestMargin } from '../src/sample/standing';
import { choiceWords } from './choiceChance';
import { countText, marginText, t } from './words';

/** Names and values, in the order in which they are shown. */
export type Facts = readonly (readonly [string, string])[];

export function sampleFacts(sample: SampleView): Facts {
  const margin = bestMargin(
    sample.score.candidates.map((score) => (score.state === 'scored' ? score.reward : null)),
  );
  const { prefixTokens } = sample.score;
  const choice = choiceWords(sample.score);
  const tokens = t('{0} tokens, computed once', countText(prefixTokens));
  return [
    ...(margin === undefined ? [] : [[t('Margin 1st–2nd'), marginText(margin)] as const]),
    ...(choice === undefined ? [] : [[t('Your choice'), choice] as const]),
    ...(sample.domain === undefined ? [] : [[t('Domain'), sample.domain] as const]),
    ...(sample.blind ? [[t('Answers'), scoredWords(sample)] as const] : []),
    ...(prefixTokens === 0 ? [] : [[promptName(sample), tokens] as const]),
  ];
}

/** "4, all scored": whether there is something to reveal. */
function scoredWords({ score: { candidates } }: SampleView): string {
  const scored = candidates.filter((own) => own.state === 'hidden' && own.scored).length;
  return scored === candidates.length
    ? t('{0}, all scored', candidates.length)
    : t('{0}, {1} scored', candidates.length, scored);
}

function promptName({ media }: SampleView): string {
  return media.length === 0
    ? t('Prompt')
    : media.some(({ kind }) => kind === 'video')
      ? t('Prompt and frames')
      : t('Prompt and picture');
}
