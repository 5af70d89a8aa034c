// A GPU made of software, for tests of WebGPU: SwiftShader, which comes with Chromium.

import fs from 'node:fs';
import path from 'node:path';
import { tempFolder } from './paths';

const LIBRARY = '/usr/lib/chromium/libvk_swiftshader.so';

/** What a process needs in its environment to find the software GPU; `undefined` without one. */
export function softwareGpu(): Readonly<Record<string, string>> | undefined {
  if (!fs.existsSync(LIBRARY)) {
    return undefined;
  }
  const file = path.join(tempFolder(), 'swiftshader.json');
  const ICD = { library_path: LIBRARY, api_version: '1.0.5' };
  fs.writeFileSync(file, JSON.stringify({ file_format_version: '1.0.0', ICD }));
  return { VK_ICD_FILENAMES: file };
}
