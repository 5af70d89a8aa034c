// Entry of the webview: one bundle for the review editor and the side panel.

import '@vscode/codicons/dist/codicon.css';
import './styles/base.css';
import './styles/card.css';
import './styles/editor.css';
import './styles/panel.css';
import { html, render } from 'lit';
import { registerControls } from './controls';
import './editor/reviewPage';
import { onPageKey } from './keys';
import './panel/panelPage';
import './shared/liveRegions';
import { store } from './store';
import { onVideoMessage } from './video/videoRequests';
import { listen, post } from './vscodeApi';

registerControls();

document.addEventListener('keydown', (event) => onPageKey(store, event));

store.addEventListener('focus-card', () => {
  // after the components have drawn what changed
  requestAnimationFrame(() => {
    const card = document.querySelector<HTMLElement>(`[data-card="${store.focused}"]`);
    card?.focus();
    card?.scrollIntoView({ block: 'nearest' });
  });
});

const isPanel = document.body.dataset.surface === 'panel';
render(
  html`${
    isPanel ? html`<rl-panel-page></rl-panel-page>` : html`<rl-review-page></rl-review-page>`
  }<rl-live-regions></rl-live-regions>`,
  document.body,
);

listen((message) => {
  store.receive(message);
  onVideoMessage(message);
  // for tests: the page shows what it was told
  document.body.dataset.ready = store.loaded ? 'true' : 'false';
});
post({ type: 'ready' });
