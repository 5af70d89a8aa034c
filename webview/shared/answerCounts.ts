// "112 tokens · 41 words · 1 table · 1 formula": how long an answer is, and how it is dressed up.

import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { MarkupCounts } from '../text/markdown';
import { countText, t, wordCount } from '../words';

@customElement('rl-answer-counts')
export class AnswerCounts extends LitElement {
  @property() text = '';
  /** 0: not known yet */
  @property({ type: Number }) tokens = 0;
  /** stands in front */
  @property() label = '';
  @state() private markup: MarkupCounts | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('text')) {
      this.markup = undefined;
    }
  }

  protected override render(): TemplateResult {
    const { markup } = this;
    const size = sizeWords(this.tokens, wordCount(this.text));
    const label = this.label === '' ? [] : [this.label];
    const dress = markup === undefined ? [] : markupWords(markup);
    const shown = dress.filter(({ count }) => count > 0).map((item) => item.text);
    return html`<span class="cnt" title=${dress.map((item) => item.text).join(', ')}
      >${[...label, ...size, ...shown].join(' · ')}</span
    >`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('text')) {
      // after the texts themselves are shown
      requestIdleCallback(() => void this.#count());
    }
  }

  async #count(): Promise<void> {
    const { text } = this;
    const { markupOf } = await import('../text/renderedAnswer');
    if (text === this.text) {
      this.markup = markupOf(text);
    }
  }
}

function sizeWords(tokens: number, words: number): string[] {
  const ofWords = words === 1 ? t('1 word') : t('{0} words', countText(words));
  return tokens === 0
    ? [ofWords]
    : [tokens === 1 ? t('1 token') : t('{0} tokens', countText(tokens)), ofWords];
}

function markupWords({ headings, lists, tables, codeBlocks, formulas, bold }: MarkupCounts) {
  const many = (count: number, one: string, text: string) => ({
    count,
    text: count === 1 ? one : text,
  });
  return [
    many(headings, t('1 heading'), t('{0} headings', countText(headings))),
    many(lists, t('1 list'), t('{0} lists', countText(lists))),
    many(tables, t('1 table'), t('{0} tables', countText(tables))),
    many(codeBlocks, t('1 code block'), t('{0} code blocks', countText(codeBlocks))),
    many(formulas, t('1 formula'), t('{0} formulas', countText(formulas))),
    many(bold, t('1 bold'), t('{0} bold', countText(bold))),
  ];
}
