// The one connection to the extension host.

import type { FromWebview, ToWebview } from '../src/protocol/reviewProtocol';

interface VsCodeApi {
  postMessage(message: FromWebview): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

export function post(message: FromWebview): void {
  api.postMessage(message);
}

/** Calls back for every message of the host. */
export function listen(onMessage: (message: ToWebview) => void): void {
  window.addEventListener('message', (event: MessageEvent<ToWebview>) => onMessage(event.data));
}
