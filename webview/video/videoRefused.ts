// The way in which a video is refused.

/** The message is for people: English, in the middle of a sentence. */
export class VideoRefused extends Error {}
