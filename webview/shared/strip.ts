// The reward strip: one answer's reward on its sample's scale. Distance is margin; there is no zero.

import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { letterOf, rewardText, t } from '../words';
import { styled } from './styled';

/** Room left on each side, as a share of the scale. */
const EDGE = 0.06;

/**
 * Positions on the strip in percent.
 * @param leastRange the scale spans at least this, so that tiny differences stay tiny
 */
export function stripPositions(
  rewards: readonly (number | null)[],
  leastRange: number,
): (number | undefined)[] {
  const known = rewards.filter((reward) => reward !== null);
  const low = Math.min(...known);
  const high = Math.max(...known);
  const range = Math.max(high - low, leastRange);
  const start = (low + high) / 2 - range * (0.5 + EDGE);
  const width = range * (1 + 2 * EDGE);
  return rewards.map((reward) =>
    reward === null ? undefined : width === 0 ? 50 : (100 * (reward - start)) / width,
  );
}

/**
 * @param own index of the card's answer
 * @param former reward of what it said before an edit: a hollow dot
 */
export function rewardStrip(
  rewards: readonly (number | null)[],
  own: number,
  leastRange: number,
  former: number | null = null,
): unknown {
  // each has a tick for every other answer: drawn again only when a reward changes
  return guard([rewards, own, leastRange, former], () =>
    drawnStrip(rewards, own, leastRange, former),
  );
}

/** Width of a letter and of the room between two labels, on the narrowest strip (side panel). */
const LETTER_PERCENT = 3;
const GAP_PERCENT = 1;

/**
 * Where the letters under the ticks stand, in percent: never one on another. A letter that has no
 * room under its tick stands close beside it, or is absent; the tick stays.
 * @param positions of the ticks; @param own stands where it belongs
 */
export function letterPositions(
  positions: readonly (number | undefined)[],
  own: number,
): (number | undefined)[] {
  const placed: { at: number; half: number }[] = [];
  const letters: (number | undefined)[] = positions.map(() => undefined);
  const place = (index: number, at: number, half: number): void => {
    placed.push({ at, half });
    letters[index] = at;
  };
  const byNeed = positions
    .flatMap((at, index) => (at === undefined ? [] : [{ index, at }]))
    // the ends of the scale say most, after the card's own
    .sort(
      (a, b) =>
        Number(b.index === own) - Number(a.index === own) ||
        Math.abs(b.at - 50) - Math.abs(a.at - 50),
    );
  for (const { index, at } of byNeed) {
    const half = (LETTER_PERCENT * letterOf(index).length + GAP_PERCENT) / 2;
    const isFree = (where: number): boolean =>
      placed.every((other) => Math.abs(other.at - where) >= other.half + half - 1e-9);
    const beside = placed
      .flatMap((other) => [other.at + other.half + half, other.at - other.half - half])
      .filter((where) => Math.abs(where - at) <= 3 * half && where > half && where < 100 - half)
      .sort((a, b) => Math.abs(a - at) - Math.abs(b - at));
    const found = [at, ...beside].find(isFree);
    if (found !== undefined) {
      place(index, found, half);
    }
  }
  return letters;
}

function drawnStrip(
  rewards: readonly (number | null)[],
  own: number,
  leastRange: number,
  former: number | null,
): TemplateResult {
  // on the same scale as the others
  const all = stripPositions([...rewards, former], leastRange);
  const positions = all.slice(0, -1);
  const letters = letterPositions(positions, own);
  const before = all.at(-1);
  const reward = rewards[own] ?? null;
  const at = positions[own];
  const now =
    reward === null ? t('no reward') : t('{0} on this sample’s scale', rewardText(reward));
  const label = former === null ? now : t('{0}, was {1}', now, rewardText(former));
  return html`
    <div class="strip" role="img" aria-label=${label}>
      ${at === undefined ? nothing : html`<i ${styled({ width: `${at}%` })}></i>`}
      ${positions.map((left, index) =>
        left === undefined || index === own
          ? nothing
          : html`<u ${styled({ left: `${left}%` })}></u>`,
      )}
      ${letters.map((left, index) =>
        left === undefined || index === own
          ? nothing
          : html`<s ${styled({ left: `${left}%` })}>${letterOf(index)}</s>`,
      )}
      ${
        before === undefined ? nothing : html`<b class="was" ${styled({ left: `${before}%` })}></b>`
      }
      ${
        at === undefined
          ? nothing
          : html`<b ${styled({ left: `${at}%` })}><s>${letterOf(own)}</s></b>`
      }
    </div>
  `;
}
