// Fields that several messages of the webview have, as the host checks them.

import * as z from 'zod';
import { MAX_ANSWER_LENGTH } from './sampleParts';

export const index = z.int().nonnegative();
/** names a sample */
export const key = z.string().max(4096);
export const answerText = z
  .string()
  .max(MAX_ANSWER_LENGTH)
  .refine((value) => value.isWellFormed());
/** `shown` of the sample as the page knows it, whose positions it names */
export const shownOrder = z.array(index);
export const noteText = z.string().max(100_000);
