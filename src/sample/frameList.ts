// A video that comes as the pictures of its frames: one name for all of them, like any medium's.

/** Paths of a video: its file, or the pictures of its frames in order of time. */
export type VideoFiles = string | readonly string[];

const START = 'frames:';

/** Name of a video among a sample's media. @param frames names of pictures, in order of time */
export function frameListName(frames: readonly string[]): string {
  return `${START}${JSON.stringify(frames)}`;
}

/** @returns the pictures, or `undefined` for the name of anything else */
export function framesOf(name: string): readonly string[] | undefined {
  if (!name.startsWith(`${START}[`)) {
    return undefined;
  }
  try {
    const frames: unknown = JSON.parse(name.slice(START.length));
    return Array.isArray(frames) && frames.every((frame) => typeof frame === 'string')
      ? frames
      : undefined;
  } catch {
    return undefined; // a file may be called anything
  }
}

/** Files and addresses that a medium's name stands for: one, or each frame. */
export function filesOfName(name: string): readonly string[] {
  return framesOf(name) ?? [name];
}

/** As datasets write it: a name, or a list of the frames' names. */
export function writtenName(name: string): string | readonly string[] {
  return framesOf(name) ?? name;
}
