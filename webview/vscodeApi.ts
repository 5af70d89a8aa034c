// The one connection to the extension host.

import type { FromWebview, ToWebview } from '../src/protocol/reviewProtocol';
import type { FromStatistics } from '../src/protocol/statisticsProtocol';

interface VsCodeApi {
  postMessage(message: FromWebview | FromStatistics): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

/** Each page sends its own messages: the host refuses others. */
export function post(message: FromWebview | FromStatistics): void {
  api.postMessage(message);
}

/** Calls back for every message of the host. */
export function listen(onMessage: (message: ToWebview) => void): void {
  window.addEventListener('message', (event: MessageEvent<ToWebview>) => onMessage(event.data));
}
