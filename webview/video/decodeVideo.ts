// Decodes the sampled frames of a video with the browser's own decoder. Loaded when needed.

import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input, type EncodedPacket } from 'mediabunny';
import type { DecodedVideo } from '../../src/sample/decodedVideo';
import { MAX_PLANE_BYTES, planeBytes } from '../../src/sample/planeSize';
import { sampleFrames } from '../../src/sample/sampleFrames';
import { hidesFrames } from './editLists';
import { frameRate } from './frameRate';
import { readPlanes } from './readPlanes';
import { VideoRefused } from './videoRefused';

/** Files are read as a whole. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
/** Chunks that the decoder may have before it. */
const MAX_QUEUE = 16;

/** What 4:2:0 becomes is the same for these; unknown counts as BT.601, as with ffmpeg. */
const MATRICES: Readonly<Record<string, DecodedVideo['matrix']>> = {
  bt709: 'bt709',
  bt470bg: 'bt601',
  smpte170m: 'bt601',
};

/**
 * Gives the facts, then each frame. Everything is decoded, in presentation order, so that frames
 * are counted and not believed.
 * @throws VideoRefused when the frames would not be those of ffmpeg, byte for byte
 */
export async function decodeVideo(
  blob: Blob,
  onFacts: (video: DecodedVideo) => void,
  onFrame: (planes: Uint8Array<ArrayBuffer>) => void,
  signal: AbortSignal,
): Promise<void> {
  if (blob.size > MAX_FILE_BYTES) {
    throw new VideoRefused('the file is too large');
  }
  const bytes = await blob.arrayBuffer();
  const sha256 = toHex(await crypto.subtle.digest('SHA-256', bytes));
  const input = new Input({ source: new BlobSource(blob), formats: ALL_FORMATS });
  try {
    const track = await input.getPrimaryVideoTrack();
    const config = await track?.getDecoderConfig();
    if (track === null || config == null) {
      throw new VideoRefused('its codec is not known here');
    }
    if (await track.getFlip()) {
      throw new VideoRefused('it is mirrored');
    }
    const matrix = MATRICES[config.colorSpace?.matrix ?? 'smpte170m'];
    if (matrix === undefined) {
      throw new VideoRefused(`its colours are ${config.colorSpace?.matrix ?? ''}`);
    }
    const decoderConfig = { ...config, hardwareAcceleration: 'prefer-software' as const };
    if (!(await VideoDecoder.isConfigSupported(decoderConfig)).supported) {
      throw new VideoRefused(`VS Code can't decode ${config.codec}`);
    }
    const packets: EncodedPacket[] = [];
    for await (const packet of new EncodedPacketSink(track).packets()) {
      signal.throwIfAborted();
      packets.push(packet);
    }
    const times = packets.map(({ timestamp }) => timestamp).sort((a, b) => a - b);
    const [start = 0] = times;
    const end = Math.max(...[start, ...packets.slice(-64).map((p) => p.timestamp + p.duration)]);
    if (start < 0 || hidesFrames(bytes, end - start)) {
      throw new VideoRefused('an edit list hides some of its frames');
    }
    const { name } = await input.getFormat();
    const framesPerSecond = frameRate(
      packets,
      times,
      name === 'MP4' || name === 'QuickTime File Format',
    );
    const indices =
      framesPerSecond === undefined ? undefined : sampleFrames(packets.length, framesPerSecond);
    if (framesPerSecond === undefined || indices === undefined || indices.length === 0) {
      throw new VideoRefused('its frame rate varies or is not told exactly');
    }
    const rotation = await track.getRotation();
    const wanted = new Set(indices);
    await decodeAll(decoderConfig, packets, signal, async (frame, n) => {
      if (frame.timestamp !== Math.round((times[n] ?? NaN) * 1e6)) {
        throw new VideoRefused(`frame ${n} is not the one that was expected`);
      }
      if (!wanted.has(n)) {
        return;
      }
      const { planes, width, height } = await readPlanes(frame);
      if (n === indices[0]) {
        if ((rotation % 180 === 0 ? height : width) % 2 !== 0) {
          throw new VideoRefused(`its frames have an odd height`);
        }
        if (planeBytes(width, height) * indices.length > MAX_PLANE_BYTES) {
          throw new VideoRefused('its frames are too large');
        }
        onFacts({
          ...{ sha256, width, height, rotation, matrix, framesPerSecond, indices },
          fullRange: config.colorSpace?.fullRange ?? false,
          frameCount: packets.length,
          seconds: indices.map((index) => Number(((times[index] ?? 0) - start).toFixed(6))),
        });
      }
      onFrame(planes);
    });
  } finally {
    input.dispose();
  }
}

/** Calls back for every frame, one after the other. */
async function decodeAll(
  config: VideoDecoderConfig,
  packets: readonly EncodedPacket[],
  signal: AbortSignal,
  onFrame: (frame: VideoFrame, n: number) => Promise<void>,
): Promise<void> {
  let fault: Error | undefined;
  const fail = (error: unknown): void => {
    fault ??= error instanceof Error ? error : new Error(String(error));
  };
  // it changes in callbacks, which the compiler can't see
  const throwIfFailed = (): void => {
    if (fault !== undefined) {
      throw fault;
    }
  };
  let count = 0;
  let taken = Promise.resolve();
  const decoder = new VideoDecoder({
    output: (frame) => {
      const n = count;
      count += 1;
      taken = taken
        .then(() => (fault === undefined ? onFrame(frame, n) : undefined))
        .catch(fail)
        .then(() => frame.close());
    },
    error: ({ message }) => fail(new VideoRefused(`it can't be decoded (${message})`)),
  });
  try {
    decoder.configure(config);
    for (const packet of packets) {
      decoder.decode(packet.toEncodedVideoChunk());
      while (decoder.state === 'configured' && decoder.decodeQueueSize > MAX_QUEUE) {
        await new Promise((resolve) =>
          decoder.addEventListener('dequeue', resolve, { once: true }),
        );
      }
      await taken;
      signal.throwIfAborted();
      throwIfFailed();
    }
    await decoder.flush().catch(fail);
    await taken;
  } finally {
    if (decoder.state !== 'closed') {
      decoder.close();
    }
  }
  throwIfFailed();
  if (count !== packets.length) {
    throw new VideoRefused(`only ${count} of ${packets.length} frames could be decoded`);
  }
}

function toHex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
