// Notices that another model was put into a folder.

import { fileIdentity, joinPath } from '../node/folder';
import { MANIFEST_NAME } from './manifest';

/**
 * Tells one model in a folder from another that is converted into the same folder. A folder without
 * a manifest has one, too: whoever loads it says what is wrong.
 */
export async function modelStamp(folder: string): Promise<string> {
  return fileIdentity(joinPath(folder, MANIFEST_NAME)).catch(() => '');
}
