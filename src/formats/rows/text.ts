// Text as rows may hold it.

import * as z from 'zod';

/** Half of a surrogate pair ("\ud83d" alone) is JSON, but no text: no tokenizer and no UTF-8 has it. */
export const text = z
  .string()
  .refine((value) => value.isWellFormed(), 'holds half of a character (an unpaired surrogate)');
