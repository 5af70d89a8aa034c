// What sharing the prefix gains on the CPU, and how near a pass is to the machine's matrix rate.
import path from 'node:path';
import { ROOT } from '../../harness/setup.mjs';
import { loadTypeScript } from '../support/bundle.mjs';

/** Speed-up over one by one that is asked for, by number of candidates. */
const WANTED = { 4: 3.0, 16: 6.8, 32: 9.8 };

export async function bench() {
  const probe = await loadTypeScript(path.join(import.meta.dirname, 'probe.ts'));
  const { sharing, overhead, edit, rate } = await probe.measure(ROOT);
  const round = (value, digits) => Number(value.toFixed(digits));
  const row = (what, measured, limit, holds) => ({
    what,
    measured: round(measured, 3),
    limit: round(limit, 3),
    holds,
  });
  const one = sharing.find(({ candidates }) => candidates === 1);
  const divided = one.msShared / one.msOneByOne;
  const rows = [
    ...sharing
      .filter(({ candidates }) => candidates in WANTED)
      .map(({ candidates, speedUp, limit }) => ({
        ...row(
          `speed-up, ${candidates} candidates`,
          speedUp,
          WANTED[candidates],
          speedUp >= WANTED[candidates],
        ),
        'by tokens': round(limit, 2),
      })),
    row('1 candidate, divided / undivided', divided, 1.1, divided <= 1.1),
    row('pass / matrix rate', rate.share, 0.85, rate.share >= 0.85),
    row('outside the runtime', overhead.share, 0.03, overhead.share < 0.03),
    row(
      'edited candidate / full pass',
      edit.share,
      1.25 * edit.tailShare,
      edit.share <= 1.25 * edit.tailShare,
    ),
  ];
  return { sharing, overhead, edit, rate, rows };
}
