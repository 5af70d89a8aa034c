// How far a check of "Why this reward?" is, as a page shows it.

import type { Explanation, UsualChange } from '../sample/explanation';

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
