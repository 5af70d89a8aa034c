// Which part of the picture matters? A coarse grid, each part covered in turn.

import type { OcclusionMap, Region } from '../../sample/explanation';
import type { MediaFacts } from '../../sample/reward';
import { aloneRequest, rewardAt, tailTokens, type Plan, type Subject } from './plan';

/** Parts along the short side of the picture, and at most along the long one. */
const SHORT_SIDE = 4;
const LONG_SIDE = 8;

/** @param image position among the sample's images. `undefined` when there is no such picture */
export function planOcclusion(subject: Subject, image = 0): Plan<OcclusionMap> | undefined {
  const { request, candidate, own } = subject;
  const facts = own.media[image];
  if (facts === undefined || image >= request.sample.images.length) {
    return undefined;
  }
  const alone = aloneRequest(request, candidate);
  const { rows, columns } = gridOf(facts);
  const regions = regionsOf(rows, columns);
  const runs = regions.length;
  return {
    requests: regions.map((region) => ({ ...alone, covered: { image, region } })),
    work: {
      // the other pictures stay as they are
      vision: runs * facts.tokens,
      prefix: runs * own.tokens.prefix,
      tail: runs * tailTokens(own),
    },
    finish: (scores) => ({
      check: 'occlusion',
      own: rewardAt(own),
      image,
      rows,
      columns,
      regions: regions.map((region, n) => ({ ...region, ...rewardAt(scores[n]) })),
    }),
  };
}

/** About square parts: 4 along the short side. */
export function gridOf({ width, height }: Pick<MediaFacts, 'width' | 'height'>): {
  readonly rows: number;
  readonly columns: number;
} {
  const along = (own: number, other: number): number =>
    own <= other ? SHORT_SIDE : Math.min(LONG_SIDE, Math.round((SHORT_SIDE * own) / other));
  return { rows: along(height, width), columns: along(width, height) };
}

function regionsOf(rows: number, columns: number): readonly Region[] {
  return Array.from({ length: rows * columns }, (_, n) => {
    const [row, column] = [Math.floor(n / columns), n % columns];
    return {
      left: column / columns,
      top: row / rows,
      right: (column + 1) / columns,
      bottom: (row + 1) / rows,
    };
  });
}
