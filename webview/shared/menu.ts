// A menu that opens below the button it belongs to.

import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { icon } from './parts';

export interface MenuItem {
  readonly label: string;
  /** drawn before the label; a tick is the codicon "check" */
  readonly icon?: string;
  /** set for one-of-many items */
  readonly checked?: boolean;
  readonly run: () => void;
}

/** Escape and a click elsewhere close it and give focus back to where it came from. */
@customElement('rl-menu')
export class Menu extends LitElement {
  @property({ attribute: false }) items: readonly MenuItem[] = [];
  #opener: HTMLElement | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute('role', 'menu');
    this.popover = 'auto';
    this.classList.add('menu');
    this.addEventListener('keydown', this.#onKey);
    this.addEventListener('toggle', (event) => {
      // what was chosen may have moved focus itself
      const isNowhere = document.activeElement === document.body;
      if (event.newState === 'closed' && (isNowhere || this.contains(document.activeElement))) {
        this.#opener?.focus();
      }
    });
  }

  /** Shows the menu under a button. */
  async open(opener: HTMLElement, items: readonly MenuItem[]): Promise<void> {
    this.#opener = opener;
    this.items = items;
    await this.updateComplete;
    this.showPopover();
    const button = opener.getBoundingClientRect();
    const own = this.getBoundingClientRect();
    const left = Math.min(button.left, window.innerWidth - own.width - 4);
    const below = button.bottom + 2;
    const fits = below + own.height <= window.innerHeight;
    this.style.left = `${Math.max(4, left)}px`;
    this.style.top = `${fits ? below : Math.max(4, button.top - own.height - 2)}px`;
    const checked = this.querySelector<HTMLElement>('[aria-checked=true]');
    (checked ?? this.querySelector<HTMLElement>('button'))?.focus();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const buttons = [...this.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      buttons[(at + step + buttons.length) % buttons.length]?.focus();
      event.preventDefault();
    } else if (event.key === 'Home' || event.key === 'End') {
      buttons.at(event.key === 'Home' ? 0 : -1)?.focus();
      event.preventDefault();
    } else if (event.key === 'Tab') {
      this.hidePopover();
    }
    // keys inside a menu are the menu's
    event.stopPropagation();
  };

  protected override render(): TemplateResult {
    return html`${this.items.map((item) => this.#item(item))}`;
  }

  #item(item: MenuItem): TemplateResult {
    const choose = (): void => {
      this.hidePopover();
      item.run();
    };
    const drawn = item.checked === undefined ? item.icon : item.checked ? 'check' : 'blank';
    const content = html`${icon(drawn ?? 'blank')}<span>${item.label}</span>`;
    return item.checked === undefined
      ? html`<button role="menuitem" tabindex="-1" @click=${choose}>${content}</button>`
      : html`<button
          role="menuitemradio"
          tabindex="-1"
          aria-checked=${item.checked ? 'true' : 'false'}
          @click=${choose}
        >
          ${content}
        </button>`;
  }
}

/** Opens the page's menu below what was pressed. */
export function openMenu(event: Event, items: readonly MenuItem[]): void {
  const menu = document.querySelector<Menu>('rl-menu');
  void menu?.open(event.currentTarget as HTMLElement, items);
}
