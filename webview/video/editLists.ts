// What edit lists of MP4 files (ISO/IEC 14496-12, 8.6.6) leave of their videos.

interface Box {
  readonly type: string;
  readonly body: DataView;
}

/** Movie time scales and durations are rounded. */
const SLACK_SECONDS = 0.002;

/**
 * Tells whether frames are hidden behind an edit's end, or edits are put together: ffmpeg leaves such
 * frames out, and the library that reads files here does not.
 * @param seconds from the first frame to the end of the last one
 */
export function hidesFrames(file: ArrayBuffer, seconds: number): boolean {
  const movie = find(new DataView(file), 'moov');
  const header = movie && find(movie, 'mvhd');
  if (movie === undefined || header === undefined || header.byteLength < 24) {
    return false; // not such a file
  }
  const timescale = header.getUint32(header.getUint8(0) === 1 ? 20 : 12);
  return boxes(movie).some(({ type, body }) => {
    const edits = type === 'trak' && isVideo(body) ? find(find(body, 'edts'), 'elst') : undefined;
    return edits !== undefined && cuts(edits, timescale, seconds);
  });
}

function isVideo(track: DataView): boolean {
  const handler = find(find(track, 'mdia'), 'hdlr');
  return handler !== undefined && handler.byteLength >= 12 && typeAt(handler, 8) === 'vide';
}

function cuts(edits: DataView, timescale: number, seconds: number): boolean {
  const wide = edits.getUint8(0) === 1;
  const entryBytes = wide ? 20 : 12;
  let shown = 0;
  for (let at = 8; at + entryBytes <= edits.byteLength; at += entryBytes) {
    const duration = wide ? Number(edits.getBigUint64(at)) : edits.getUint32(at);
    const start = wide ? Number(edits.getBigInt64(at + 8)) : edits.getInt32(at + 4);
    const rate = edits.getUint32(at + entryBytes - 4);
    if (start < 0) {
      continue; // nothing is shown for a while
    }
    shown += 1;
    // 0: as long as there is something, in files that are written as they grow
    const tooShort = duration !== 0 && duration / timescale < seconds - SLACK_SECONDS;
    if (shown > 1 || tooShort || rate !== 0x10000) {
      return true;
    }
  }
  return false;
}

function find(parent: DataView | undefined, type: string): DataView | undefined {
  return parent && boxes(parent).find((box) => box.type === type)?.body;
}

/** The boxes of a file or of a box that holds others; ends where they stop making sense. */
function boxes(parent: DataView): Box[] {
  const found: Box[] = [];
  for (let at = 0; at + 8 <= parent.byteLength;) {
    let size = parent.getUint32(at);
    let headerBytes = 8;
    if (size === 1 && at + 16 <= parent.byteLength) {
      size = Number(parent.getBigUint64(at + 8));
      headerBytes = 16;
    }
    const end = size === 0 ? parent.byteLength : at + size;
    if (end > parent.byteLength || end < at + headerBytes) {
      break;
    }
    const body = new DataView(
      parent.buffer,
      parent.byteOffset + at + headerBytes,
      end - at - headerBytes,
    );
    found.push({ type: typeAt(parent, at + 4), body });
    at = end;
  }
  return found;
}

function typeAt(view: DataView, at: number): string {
  return [0, 1, 2, 3].map((n) => String.fromCharCode(view.getUint8(at + n))).join('');
}
