// Scored samples as a table for the terminal.

import { table } from 'table';
import type { ScoredRow } from '../formats/scoredRow';
import { rewardRanks } from '../sample/reward';
import { promptText, type Sample } from '../sample/sample';

const MAX_TEXT = 56;
const SEGMENTER = new Intl.Segmenter();

/** One block per sample: its candidates, best first, with reward, rank and margin to the best. */
export function formatRewardTable(
  rows: readonly { readonly row: ScoredRow; readonly sample?: Sample }[],
  label: string | undefined,
): string {
  const mark = label === undefined ? '' : ` (${label})`;
  const cells: string[][] = [['Sample', 'Rank', `Reward${mark}`, 'Margin', 'Source', 'Answer']];
  const firstLines: number[] = [];
  for (const { row, sample } of rows) {
    firstLines.push(cells.length);
    const ranks = rewardRanks(row.rewards);
    const best = row.rewards[row.order[0] ?? 0] ?? null;
    const head = clip(`${row.id}: ${sample === undefined ? '' : promptText(sample)}`, 40);
    if (row.rewards.length === 0) {
      cells.push([
        head,
        '',
        row.error?.code ?? 'no reward',
        '',
        '',
        clip(row.error?.message ?? ''),
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
        clip(candidate?.source ?? '', 16),
        clip(candidate?.text ?? ''),
      ]);
    }
  }
  return table(cells, {
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

function clip(text: string, length = MAX_TEXT): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  const letters = Array.from(SEGMENTER.segment(line), ({ segment }) => segment);
  return letters.length <= length ? line : `${letters.slice(0, length - 1).join('')}…`;
}
