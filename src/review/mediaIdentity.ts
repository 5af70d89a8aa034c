// Tells whether the pictures and videos of a sample are still those that were scored.

import { filesIdentity, isAddress } from '../node/folder';
import { mediaOf, type Sample } from '../sample/sample';
import { videoFiles } from '../scoring/mediaFiles';

/** Changes with the files of the sample's media; never throws, as a missing file counts, too. */
export async function mediaIdentity(root: string, sample: Sample): Promise<string> {
  const identities: string[] = [];
  for (const name of mediaOf(sample)) {
    // what the dataset holds changes with the dataset
    identities.push(isAddress(name) ? '' : await identityOf(root, name));
  }
  return identities.join('\n');
}

async function identityOf(root: string, name: string): Promise<string> {
  try {
    return await filesIdentity(await videoFiles(root, name));
  } catch {
    return ''; // the scorer says what is wrong with it
  }
}
