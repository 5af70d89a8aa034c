// Does the picture matter? The same question without it, and with another sample's.

import type { Grounding } from '../../sample/explanation';
import { mediaOf, type Sample } from '../../sample/sample';
import { aloneRequest, mediaTokens, rewardAt, tailTokens, type Plan, type Subject } from './plan';

/** A mark of a medium with what belongs to it: its number in a list of several, a line of its own. */
const MARK = /(?:Image\d+ )?<ImageHere>(?:; |\r?\n| )?/g;

/** `undefined` for a sample without pictures and videos. */
export function planGrounding(subject: Subject): Plan<Grounding> | undefined {
  const { request, candidate, own, other } = subject;
  if (mediaOf(request.sample).length === 0) {
    return undefined;
  }
  const alone = aloneRequest(request, candidate);
  const withSample = (sample: Sample): typeof alone => ({ ...alone, sample });
  const swapped = other && withSample(withMediaOf(alone.sample, other));
  const tokens = mediaTokens(own);
  const runs = swapped === undefined ? 1 : 2;
  return {
    requests: [withSample(withoutMedia(alone.sample)), ...(swapped === undefined ? [] : [swapped])],
    work: {
      vision: swapped === undefined ? 0 : tokens,
      prefix: runs * own.tokens.prefix - tokens,
      tail: runs * tailTokens(own),
    },
    finish: ([without, exchanged]) => ({
      check: 'grounding',
      own: rewardAt(own),
      without: rewardAt(without),
      ...(other === undefined ? {} : { other: { id: other.id, ...rewardAt(exchanged) } }),
    }),
  };
}

/** The sample as a question in words alone: also the places where its media stood are gone. */
export function withoutMedia(sample: Sample): Sample {
  return {
    ...sample,
    messages: sample.messages.map((turn) => ({
      ...turn,
      content: turn.content.replaceAll(MARK, ''),
    })),
    images: [],
    videos: [],
  };
}

/** The sample with the pictures and videos of another one. */
export function withMediaOf(sample: Sample, { images, videos }: Sample): Sample {
  return { ...sample, images, videos };
}

/** Whether another sample's media can stand in for this one's. */
export function canSwapMedia(sample: Sample, other: Sample): boolean {
  const own = new Set(mediaOf(sample));
  return (
    sample.images.length === other.images.length &&
    sample.videos.length === other.videos.length &&
    own.size > 0 &&
    mediaOf(other).every((path) => !own.has(path))
  );
}
