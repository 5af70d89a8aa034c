// "Why this reward?": what a page asks, and how far a check is.

import * as z from 'zod';
import { CHECKS, type Explanation, type UsualChange } from '../sample/explanation';
import { answerText, index, key } from './messageFields';

/** A check of the answers that have a text: the same text has the same reward. */
const askedFields = {
  key,
  text: answerText,
  check: z.enum(CHECKS),
  /** position among the sample's images; the part of `occlusion` */
  image: index,
};

/** Asks why an answer has its reward; without `confirmed` the cost is told where it is high. */
export const explainSchema = z.object({
  type: z.literal('explain'),
  ...askedFields,
  confirmed: z.boolean(),
});
export const cancelExplainSchema = z.object({
  type: z.literal('cancelExplain'),
  ...askedFields,
});

/** A check that a page has asked for. */
export type AskedCheck = Readonly<Omit<z.infer<typeof cancelExplainSchema>, 'type'>>;

/** Tells a page how far a check is. */
export interface ExplanationMessage extends AskedCheck {
  readonly type: 'explanation';
  readonly explanation: ExplanationView;
}

export type ExplanationView =
  /** it would take longer than a moment: the person decides. Seconds at most */
  | { readonly state: 'cost'; readonly seconds: number; readonly rewards: number }
  /** rewards computed, of how many; nothing of both while it is prepared */
  | { readonly state: 'running'; readonly done: number; readonly total: number }
  | {
      readonly state: 'found';
      readonly found: Explanation;
      /** of the dataset, for `grounding` */
      readonly usual?: UsualChange;
    }
  /** the check says nothing about this answer */
  | { readonly state: 'nothing' }
  /** it was stopped, or not asked for */
  | { readonly state: 'none' }
  | { readonly state: 'error'; readonly text: string };
