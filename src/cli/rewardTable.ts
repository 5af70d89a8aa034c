// Scored samples as a table for the terminal.

import { getBorderCharacters, table } from 'table';
import type { ScoredRow } from '../formats/scoredRow';
import { rewardRanks } from '../sample/reward';
import { promptText, type Sample } from '../sample/sample';

/** what the borders, the numbers and the gaps take */
const FIXED_COLUMNS = 52;
const MIN_TEXT = 16;
const SEGMENTER = new Intl.Segmenter();

/**
 * One block per sample: its candidates, best first, with reward, rank and margin to the best.
 * @param width of the terminal in columns; longer texts are cut to fit it
 */
export function formatRewardTable(
  rows: readonly { readonly row: ScoredRow; readonly sample?: Sample }[],
  label: string | undefined,
  width: number,
): string {
  const mark = label === undefined ? '' : ` (${label})`;
  const cells: string[][] = [['Sample', 'Rank', `Reward${mark}`, 'Margin', 'Source', 'Answer']];
  const forTexts = Math.max(2 * MIN_TEXT, width - FIXED_COLUMNS - mark.length);
  const headLength = Math.max(MIN_TEXT, Math.floor(0.4 * forTexts));
  const answerLength = Math.max(MIN_TEXT, forTexts - headLength);
  const firstLines: number[] = [];
  for (const { row, sample } of rows) {
    firstLines.push(cells.length);
    const ranks = rewardRanks(row.rewards);
    const best = row.rewards[row.order[0] ?? 0] ?? null;
    const head = clip(`${row.id}: ${sample === undefined ? '' : promptText(sample)}`, headLength);
    if (row.rewards.length === 0) {
      cells.push([
        head,
        '',
        row.error?.code ?? 'no reward',
        '',
        '',
        clip(row.error?.message ?? '', answerLength),
      ]);
    }
    for (const [n, index] of row.order.entries()) {
      const reward = row.rewards[index] ?? null;
      const candidate = sample?.candidates[index];
      const fault = row.errors?.find((error) => error.candidate === index) ?? row.error;
      cells.push([
        n === 0 ? head : '',
        ranks[index] === null ? '–' : String(ranks[index]),
        reward === null ? (fault?.code ?? 'no reward') : formatReward(reward),
        reward === null || best === null ? '' : formatMargin(reward - best),
        clip(candidate?.source ?? '', MIN_TEXT),
        clip(candidate?.text ?? '', answerLength),
      ]);
    }
  }
  return table(cells, {
    border: getBorderCharacters('norc'),
    columns: { 1: { alignment: 'right' }, 2: { alignment: 'right' }, 3: { alignment: 'right' } },
    drawHorizontalLine: (at, size) => at === 0 || at === size || firstLines.includes(at),
  });
}

/** Two decimals, with a true minus; what rounds to zero has no sign. */
function formatReward(reward: number): string {
  const text = reward.toFixed(2);
  return Number(text) === 0 ? '0.00' : text.replace('-', '\u2212');
}

function formatMargin(margin: number): string {
  return margin === 0 ? 'best' : formatReward(margin);
}

function clip(text: string, length: number): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  const letters = Array.from(SEGMENTER.segment(line), ({ segment }) => segment);
  return letters.length <= length ? line : `${letters.slice(0, length - 1).join('')}…`;
}
