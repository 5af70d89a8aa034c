// Rows with "messages" alone: which of them can't be rows of a candidate file.

import { MEDIA_PLACEHOLDER } from '../../sample/sample';
import { isRow, type Row } from './rowFormat';

/** The last message is an answer, so that the conversation before it is the prompt. */
export function endsWithAnswer(messages: unknown): messages is readonly unknown[] {
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  return isRow(last) && last.role === 'assistant';
}

/** Content in typed parts: a candidate file has texts only. */
export function hasParts({ messages }: Row): boolean {
  return (
    Array.isArray(messages) &&
    messages.some(
      (message: unknown) =>
        isRow(message) && Array.isArray(message.content) && message.content.every(isTypedPart),
    )
  );
}

function isTypedPart(part: unknown): boolean {
  return isRow(part) && typeof part.type === 'string';
}

/**
 * Media that a candidate file has no way to name: in `image` or `video`, or as anything but a list of
 * texts. Beside media in `images` or `videos` the former two are keys of no meaning.
 */
export function hasOtherMedia({ messages, image, video, images, videos }: Row): boolean {
  const isMedium = (value: unknown): boolean =>
    (typeof value === 'string' && value !== '') || Array.isArray(value) || isRow(value);
  const isOther = (value: unknown): boolean =>
    Array.isArray(value)
      ? value.some((each) => typeof each === 'object' && each !== null)
      : isMedium(value);
  return (
    Array.isArray(messages) &&
    (isOther(images) ||
      isOther(videos) ||
      (mediaCount(images) + mediaCount(videos) === 0 && (isMedium(image) || isMedium(video))))
  );
}

/**
 * Every medium has its tag before the answer, and there is no mark of a candidate file: where the
 * numbers differ, or the last turn is not an answer, tags are text like any other.
 */
export function hasFittingTags({ messages, images, videos }: Row): boolean {
  if (!endsWithAnswer(messages)) {
    return false;
  }
  const texts = messages.map((message) =>
    isRow(message) && typeof message.content === 'string' ? message.content : '',
  );
  const prompt = texts.slice(0, -1).join('\n');
  const count = (tag: string): number => prompt.split(tag).length - 1;
  const [imageCount, videoCount] = [mediaCount(images), mediaCount(videos)];
  return (
    imageCount + videoCount > 0 &&
    count('<image>') === imageCount &&
    count('<video>') === videoCount &&
    !texts.some((words) => words.includes(MEDIA_PLACEHOLDER))
  );
}

function mediaCount(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}
