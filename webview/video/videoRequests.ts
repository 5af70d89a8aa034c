// Answers the host when it asks for the frames of a video.

import type { ToWebview } from '../../src/protocol/reviewProtocol';
import { post } from '../vscodeApi';

const running = new Map<number, AbortController>();

/** Handles a message. Everything else is left alone. */
export function onVideoMessage(message: ToWebview): void {
  if (message.type === 'decodeVideo') {
    void decode(message.request, message.uri);
  } else if (message.type === 'cancelVideo') {
    running.get(message.request)?.abort();
  }
}

async function decode(request: number, uri: string): Promise<void> {
  const controller = new AbortController();
  running.set(request, controller);
  const { signal } = controller;
  try {
    const [{ decodeVideo }, response] = await Promise.all([
      import('./decodeVideo'),
      fetch(uri, { signal }),
    ]);
    if (!response.ok) {
      throw new Error(`it can't be read (${response.statusText})`);
    }
    await decodeVideo(
      await response.blob(),
      (video) => post({ type: 'videoFacts', request, video }),
      (planes) => post({ type: 'videoFrame', request, planes }),
      signal,
    );
  } catch (error) {
    if (!signal.aborted) {
      const reason = error instanceof Error ? error.message : String(error);
      post({ type: 'videoRefused', request, reason: reason.slice(0, 1000) });
    }
  } finally {
    running.delete(request);
  }
}
