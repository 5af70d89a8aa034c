// Small pieces of markup that several components use.

import { html, nothing, type TemplateResult } from 'lit';
import type { NoticeView } from '../../src/protocol/reviewProtocol';
import { post } from '../vscodeApi';
import { t } from '../words';

/** An icon of VS Code's own font; decorative unless it has a label. */
export function icon(name: string, label?: string): TemplateResult {
  return label === undefined
    ? html`<span class="codicon codicon-${name}" aria-hidden="true"></span>`
    : html`<span
        class="codicon codicon-${name}"
        role="img"
        aria-label=${label}
        title=${label}
      ></span>`;
}

/** The last part of a path, whatever its separators. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** The question that the answers answer, with a button that copies it. */
export function promptText(text: string): TemplateResult {
  return html`<div class="promptbox">
    <p class="prompt">${text}</p>
    ${
      text === ''
        ? nothing
        : html`<vscode-button
            appearance="icon"
            class="copyprompt"
            aria-label=${t('Copy the prompt')}
            title=${t('Copy the prompt')}
            @click=${() => post({ type: 'copy', text })}
            >${icon('copy')}</vscode-button
          >`
    }
  </div>`;
}

/** A key as it is printed on it. */
export function keycap(key: string): TemplateResult {
  return html`<kbd>${key}</kbd>`;
}

const NOTICE_ICONS: Readonly<Record<string, string>> = {
  standIn: 'beaker',
  restarted: 'debug-restart',
  untrusted: 'shield',
};

/** The lines above the cards. */
export function noticeList(notices: readonly NoticeView[]): TemplateResult | typeof nothing {
  return notices.length === 0
    ? nothing
    : html`<div class="notices">${notices.map(noticeLine)}</div>`;
}

function noticeLine(notice: NoticeView): TemplateResult {
  const act = (action: string): void => post({ type: 'notice', id: notice.id, action });
  return html`
    <div class="msg ${notice.kind}" role=${notice.kind === 'error' ? 'alert' : 'status'}>
      ${icon(NOTICE_ICONS[notice.id] ?? notice.kind)}
      <div>
        <b>${notice.title}</b> ${notice.text}
        ${
          notice.actions.length === 0
            ? nothing
            : html`<span class="acts">
                ${notice.actions.map(
                  ({ id, title }) =>
                    html`<button class="link" @click=${() => act(id)}>${title}</button>`,
                )}
              </span>`
        }
      </div>
      ${
        notice.closable
          ? html`<vscode-button
              appearance="icon"
              aria-label=${t('Close')}
              @click=${() => act('close')}
              >${icon('close')}</vscode-button
            >`
          : nothing
      }
    </div>
  `;
}
