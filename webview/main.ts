// Entry of the webview: one bundle for the review editor and the side panel.

import '@vscode/codicons/dist/codicon.css';
import './styles/base.css';
import './styles/card.css';
import './styles/compare.css';
import './styles/editor.css';
import './styles/explain.css';
import './styles/panel.css';
import './styles/text.css';
import { html, render } from 'lit';
import type { ToWebview } from '../src/protocol/reviewProtocol';
import { registerControls } from './controls';
import { followDetours } from './detours';
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

store.addEventListener('focus-queue', () => {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.qlist')?.focus());
});

store.addEventListener('focus-search', () => {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.qsearch input')?.focus());
});

followDetours(store);

// as in styles/compare.css
const roomy = window.matchMedia('(min-width: 1500px)');
store.setRoomy(roomy.matches);
roomy.addEventListener('change', () => store.setRoomy(roomy.matches));
// as in styles/editor.css
const narrow = window.matchMedia('(max-width: 1099px)');
store.setNarrow(narrow.matches);
narrow.addEventListener('change', () => store.setNarrow(narrow.matches));
// what a toolbar can be entered by may be hidden now
window.addEventListener('resize', () => store.changed());

const isPanel = document.body.dataset.surface === 'panel';
render(
  html`${
    isPanel ? html`<rl-panel-page></rl-panel-page>` : html`<rl-review-page></rl-review-page>`
  }<rl-live-regions></rl-live-regions>`,
  document.body,
);

/** A card that has focus goes with its sample: the next sample's first card takes it over. */
function keepingFocus(message: ToWebview): ToWebview {
  const onCard = document.activeElement?.closest('[data-card]') != null;
  return message.type === 'sample' && message.sample.key !== store.sample?.key && onCard
    ? { ...message, takeFocus: true }
    : message;
}

listen((message) => {
  store.receive(keepingFocus(message));
  onVideoMessage(message);
  // for tests: the page shows what it was told
  document.body.dataset.ready = store.loaded ? 'true' : 'false';
});
post({ type: 'ready' });
