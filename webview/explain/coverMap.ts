// Over a picture: what covering each of its parts does to the reward.

import { html, type TemplateResult } from 'lit';
import { changeOf, strongestRegion } from '../../src/sample/explanation';
import type { Found } from '../explanations';
import { styled } from '../shared/styled';
import { changeText, mapWords } from './resultWords';

/** Changes below this share of the scale are drawn without a number. */
const LEAST_SHARE = 0.05;
/** The darkest tint leaves the picture to be seen. */
const DARKEST = 0.6;

export interface Covers {
  readonly found: Found<'occlusion'>;
  /** smaller changes are not drawn as if they were large; in units of rewards */
  readonly leastChange: number;
}

export function coverMap({ found, leastChange }: Covers): TemplateResult {
  const { own, regions } = found;
  const peak = strongestRegion(found);
  const strongest = (peak === undefined ? 0 : changeOf(own, regions[peak] ?? own)) ?? 0;
  const most = Math.max(Math.abs(strongest), leastChange);
  const percent = (share: number): string => `${100 * share}%`;
  return html`<div class="covers" role="img" aria-label=${mapWords(found)}>
    ${regions.map((region, n) => {
      const change = changeOf(own, region) ?? 0;
      const share = most === 0 ? 0 : Math.abs(change) / most;
      return html`<b
        class="${change < 0 ? 'less' : 'more'} ${n === peak ? 'peak' : ''}"
        ${styled({
          left: percent(region.left),
          top: percent(region.top),
          width: percent(region.right - region.left),
          height: percent(region.bottom - region.top),
          '--tint': percent(DARKEST * share),
        })}
        >${share < LEAST_SHARE && n !== peak ? '' : html`<span>${changeText(own, region)}</span>`}</b
      >`;
    })}
  </div>`;
}
