// The interval of a share, from few cases on.

import type { Interval } from '../../sample/statistics';
import { Z_95 } from './interval';

/**
 * Wilson's score interval (E. B. Wilson, "Probable inference, the law of succession, and statistical
 * inference", JASA 22, 1927), without continuity correction. It stays within 0 and 1 and has a width
 * also where all cases agree.
 * @param successes from 0 to `cases`; half a case counts half
 * @param cases that are independent of each other; more than 0
 * @throws RangeError when the counts are none
 */
export function wilsonInterval(successes: number, cases: number): Interval {
  if (!(cases > 0 && successes >= 0 && successes <= cases)) {
    throw new RangeError(`${successes} of ${cases} is no share`);
  }
  const share = successes / cases;
  const z2 = (Z_95 * Z_95) / cases;
  const centre = share + z2 / 2;
  const half = Z_95 * Math.sqrt((share * (1 - share)) / cases + z2 / (4 * cases));
  return {
    // exact at the ends, where rounding would leave a trace
    low: successes === 0 ? 0 : (centre - half) / (1 + z2),
    high: successes === cases ? 1 : (centre + half) / (1 + z2),
  };
}
