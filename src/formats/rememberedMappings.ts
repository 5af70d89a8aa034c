// Mappings of columns that were chosen before, by the shape of the files they are for.

import * as z from 'zod';
import { columnMappingSchema, mappingToJson, type ColumnMapping } from './columnMapping';
import { COLUMN_KINDS, isSameShape, type FileShape } from './columnShape';

const entrySchema = z.object({
  /** kind of values by name of the column */
  shape: z.record(z.string(), z.enum(COLUMN_KINDS)),
  mapping: columnMappingSchema,
});
export type RememberedMapping = z.infer<typeof entrySchema>;

/** The entries that can be used; people may have edited them. */
export function readRemembered(json: unknown): readonly RememberedMapping[] {
  return listOf(json).flatMap((entry) => entrySchema.safeParse(entry).data ?? []);
}

/** The mapping for files of a shape; the last one that was remembered. */
export function mappingFor(
  mappings: readonly RememberedMapping[],
  shape: FileShape,
): ColumnMapping | undefined {
  return mappings.findLast((each) => isSameShape(each.shape, shape))?.mapping;
}

/**
 * The entries with another mapping for files of a shape; without one, they have none any more. Entries
 * of other shapes stay as they are, also those that can't be used.
 */
export function withRemembered(
  json: unknown,
  shape: FileShape,
  mapping?: ColumnMapping,
): readonly unknown[] {
  const others = listOf(json).filter((entry) => {
    const { data } = entrySchema.safeParse(entry);
    return data === undefined || !isSameShape(data.shape, shape);
  });
  return mapping === undefined ? others : [...others, { shape, mapping: mappingToJson(mapping) }];
}

function listOf(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : [];
}
