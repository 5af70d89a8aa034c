// Preference pairs for tests of export formats.

import { PAIR_FORMATS, type ExportFormat } from '../../src/formats/exportFormats';
import type { FormattedSample } from '../../src/formats/exports/pairFormat';
import type { PreferencePair } from '../../src/formats/preferencePair';
import { sampleOf } from './samples';

/** A pair of the usual question. */
export function pairOf(overrides: Partial<PreferencePair> = {}): PreferencePair {
  return {
    sample: sampleOf(),
    chosen: { text: 'Four.', edited: false },
    rejected: { text: 'Five.', edited: false },
    accepted: false,
    tied: false,
    annotators: ['mira'],
    at: '2026-11-24T08:00:00Z',
    ...overrides,
  };
}

/** What a format makes of the pairs of one sample. */
export function formatted(
  name: ExportFormat,
  pairs: readonly PreferencePair[],
  hasRewards = false,
): FormattedSample {
  const mediumOf = (path: string) => ({ path });
  return PAIR_FORMATS[name].toRows(pairs, { mediumOf, hasRewards });
}

export function rowsIn(sample: FormattedSample): readonly object[] {
  return sample.rows.map(({ row }) => row);
}
