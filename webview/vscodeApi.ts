// The one connection to the extension host.

import type { FromWebview, ToWebview } from '../src/protocol/reviewProtocol';

interface VsCodeApi {
  postMessage(message: FromWebview): void;
  getState(): unknown;
  setState(state: unknown): void;
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

/** What an earlier life of this page saved; survives hiding, reloading and restarting. */
export function loadState(): unknown {
  return api.getState();
}

export function saveState(state: unknown): void {
  api.setState(state);
}
