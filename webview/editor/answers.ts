// The answers of the sample as a grid of cards.

import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { editedCard } from '../shared/editedCard';
import { noticeList } from '../shared/parts';
import { StoreElement } from '../shared/storeElement';
import { post } from '../vscodeApi';
import { t } from '../words';
import { answersToolbar } from './answersToolbar';
import { answerCard } from './card';

/** More answers than this are shown with less of their text. */
const FEW = 9;

function openWithMapping(): void {
  post({ type: 'command', command: 'openWithMapping' });
}

@customElement('rl-answers')
export class Answers extends StoreElement {
  protected override render(): TemplateResult {
    const { store } = this;
    const { sample, broken } = store;
    if (sample === undefined) {
      return html`
        <section class="answers" aria-label=${t('Answers')}>
          ${noticeList(store.notices)}
          ${
            broken === undefined
              ? ''
              : html`<div class="msg error" role="alert">
                  <span class="codicon codicon-error" aria-hidden="true"></span>
                  <div>
                    <b>${t('This row can’t be read.')}</b>
                    ${
                      broken.row.id === ''
                        ? ''
                        : t('{0}, line {1}:', broken.row.id, broken.row.line)
                    }
                    ${broken.fault}
                    ${
                      broken.canMap
                        ? html`<span class="acts"
                            ><button class="link" @click=${openWithMapping}>
                              ${t('Open with Mapping…')}
                            </button></span
                          >`
                        : ''
                    }
                  </div>
                </div>`
          }
        </section>
      `;
    }
    const count = sample.candidates.length;
    const title = count === 1 ? t('1 answer') : t('{0} answers', count);
    return html`
      <section class="answers" aria-label=${title} data-line=${sample.line}>
        ${answersToolbar(store, sample, title)}
        ${noticeList(store.notices)}
        <div class="cards ${count > FEW ? 'many' : ''}">
          ${repeat(
            sample.candidates,
            (_, index) => `${sample.key}${index}`,
            (_, index) => answerCard({ store, sample, index }),
          )}
          ${
            store.editing.isOpen(undefined)
              ? editedCard({ store, sample, index: count }, false)
              : ''
          }
        </div>
      </section>
    `;
  }
}
