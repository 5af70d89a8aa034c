// A schema that depends on the value: unlike a union it says what is wrong with the one that is meant.

import * as z from 'zod';

export function pick<T>(choose: (value: unknown) => z.ZodType<T>): z.ZodType<T> {
  return z.unknown().transform((value, context): T => {
    const parsed = choose(value).safeParse(value);
    if (parsed.success) {
      return parsed.data;
    }
    for (const { message, path } of parsed.error.issues) {
      context.addIssue({ code: 'custom', message, path });
    }
    return z.NEVER;
  });
}
