// The frames of a video that the model saw, each with its time.

import { html, nothing, type TemplateResult } from 'lit';
import type { FramesView } from '../../src/protocol/sampleParts';
import { secondsText, t } from '../words';
import { icon } from './parts';

export interface FrameStrip {
  readonly frames: FramesView | undefined;
  /** somebody asked for them, and they will come */
  readonly awaited: boolean;
  /** where the player is; `undefined` when nothing can be played */
  readonly seconds: number | undefined;
  readonly onChoose: (seconds: number) => void;
}

export function frameStrip(strip: FrameStrip): TemplateResult | typeof nothing {
  const { frames, awaited, seconds, onChoose } = strip;
  if (frames === undefined) {
    return awaited
      ? html`<p class="framehead dim" role="status">${t('Reading the frames…')}</p>`
      : nothing;
  }
  if (frames.state === 'fault') {
    return html`<div class="msg error">${icon('error')} <div>${frames.text}</div></div>`;
  }
  const shown = frames.frames;
  const current = seconds === undefined ? -1 : nearest(shown, seconds);
  const count =
    shown.length === 1 ? t('1 frame the model saw') : t('{0} frames the model saw', shown.length);
  return html`
    <h2 class="framehead">
      ${count}
      ${seconds === undefined ? nothing : html`<span class="dim">· ${t('click to go there')}</span>`}
    </h2>
    <div class="frames">
      ${shown.map(
        (frame, n) => html`
          <button
            class="frame"
            ?disabled=${seconds === undefined}
            aria-current=${n === current ? 'true' : 'false'}
            aria-label=${
              frames.isList
                ? t('Frame {0}', frame.seconds + 1)
                : t('Frame {0}, at {1} seconds', n + 1, secondsText(frame.seconds))
            }
            @click=${() => onChoose(frame.seconds)}
          >
            <img src=${frame.src} alt="" />
            <span
              >${
                frames.isList
                  ? html`<span>${frame.seconds + 1}</span>`
                  : html`<span>${n + 1}</span><span>${frame.seconds.toFixed(2)} s</span>`
              }</span
            >
          </button>
        `,
      )}
    </div>
  `;
}

/** The sampled frame that is nearest in time. */
function nearest(frames: readonly { readonly seconds: number }[], seconds: number): number {
  let best = 0;
  for (const [n, frame] of frames.entries()) {
    if (Math.abs(frame.seconds - seconds) < Math.abs((frames[best]?.seconds ?? 0) - seconds)) {
      best = n;
    }
  }
  return best;
}
