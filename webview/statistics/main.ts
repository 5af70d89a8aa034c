// Entry of the statistics page: a bundle of its own, as only this page draws charts.

import '@vscode/codicons/dist/codicon.css';
import '../styles/base.css';
import '../styles/statistics.css';
import { html, render } from 'lit';
import type { ToStatistics } from '../../src/protocol/statisticsProtocol';
import { post } from '../vscodeApi';
import './statisticsPage';
import { store } from './statisticsStore';

render(html`<rl-statistics-page></rl-statistics-page>`, document.body);

window.addEventListener('message', (event: MessageEvent<ToStatistics>) => {
  store.receive(event.data);
  // for tests: the page shows what it was told
  document.body.dataset.ready = store.statistics === undefined ? 'false' : 'true';
});
post({ type: 'ready' });
