// Inline styles that the content policy allows: set by script, never as an attribute.

import { noChange } from 'lit';
import { Directive, directive, PartType, type ElementPart, type PartInfo } from 'lit/directive.js';

/** Style properties by their CSS names. */
export type Styles = Readonly<Record<string, string>>;

class StyledDirective extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) {
      throw new TypeError('styled() goes inside a tag: <i ${styled({ … })}>');
    }
  }

  render(_styles: Styles): symbol {
    return noChange;
  }

  override update(part: ElementPart, [styles]: [Styles]): symbol {
    const { style } = part.element as HTMLElement;
    for (const [name, value] of Object.entries(styles)) {
      style.setProperty(name, value);
    }
    return noChange;
  }
}

/**
 * Sets styles on an element. (Lit's own `styleMap` writes the attribute at first, which a policy
 * without `unsafe-inline` refuses.)
 */
export const styled = directive(StyledDirective);
