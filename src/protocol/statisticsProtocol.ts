// What the statistics page and the extension host tell each other.

import * as z from 'zod';
import type { DatasetStatistics } from '../sample/statistics';

/** To the page. */
export type ToStatistics =
  | {
      readonly type: 'init';
      /** BCP 47 */
      readonly language: string;
      /** translations, by English text; see @vscode/l10n */
      readonly strings: Readonly<Record<string, string>>;
    }
  /** what is shown stays until the result is there */
  | { readonly type: 'computing' }
  /** `name`: of the dataset's file; `model`: whose rewards they are; `label` marks a stand-in */
  | {
      readonly type: 'statistics';
      readonly name: string;
      readonly model: string;
      readonly label?: string;
      readonly statistics: DatasetStatistics;
    }
  /** there is nothing new, and why */
  | { readonly type: 'fault'; readonly name: string; readonly text: string }
  /** words for the live region */
  | { readonly type: 'say'; readonly text: string };

const name = z.string().max(4096);

const selectionSchema = z.object({
  people: z.array(name).max(10_000).optional(),
  domains: z.array(name).max(10_000).optional(),
  blindOnly: z.boolean().optional(),
});

/** From the page, which shows names out of hostile data and is not trusted. */
export const fromStatisticsSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('select'), selection: selectionSchema }),
  z.object({ type: z.literal('computeAgain') }),
  z.object({ type: z.literal('backToReview') }),
  z.object({ type: z.literal('scoreAll') }),
  z.object({ type: z.literal('copyTable'), csv: z.string().max(50_000_000) }),
  /** asks where, and in which of both forms */
  z.object({
    type: z.literal('savePicture'),
    name: z.string().max(200),
    svg: z.string().max(50_000_000),
    png: z.instanceof(Uint8Array),
  }),
]);

export type FromStatistics = z.infer<typeof fromStatisticsSchema>;
