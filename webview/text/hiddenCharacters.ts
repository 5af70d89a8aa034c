// Characters that are not seen, or that reorder what is seen, get a small box with their name.

/** Controls save for tab and line ends, zero-width characters, direction marks and overrides, tags. */
const HIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

const NAMES: Readonly<Record<string, string>> = {
  '\u00ad': 'SHY',
  '\u061c': 'ALM',
  '\u200b': 'ZWSP',
  '\u200c': 'ZWNJ',
  '\u200d': 'ZWJ',
  '\u200e': 'LRM',
  '\u200f': 'RLM',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2060': 'WJ',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
  '\ufeff': 'BOM',
};

/** Joiners are part of emoji and of many scripts: there they are at home. */
const JOINERS = new Set(['\u200c', '\u200d']);
const PLAIN_NEIGHBOUR = /^[\u0000-\u024f]?$/;

export interface TextPart {
  readonly text: string;
  /** the text is the name of a hidden character */
  readonly hidden: boolean;
}

/** A text in parts; a single part when nothing is hidden in it. */
export function partsOf(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(HIDDEN)) {
    const [character] = match;
    const after = match.index + character.length;
    if (JOINERS.has(character) && !isOutOfPlace(text, match.index)) {
      continue;
    }
    if (match.index > end) {
      parts.push({ text: text.slice(end, match.index), hidden: false });
    }
    parts.push({ text: nameOf(character), hidden: true });
    end = after;
  }
  return end < text.length || parts.length === 0
    ? [...parts, { text: text.slice(end), hidden: false }]
    : parts;
}

function isOutOfPlace(text: string, at: number): boolean {
  return (
    PLAIN_NEIGHBOUR.test(text.slice(Math.max(0, at - 1), at)) ||
    PLAIN_NEIGHBOUR.test(text.slice(at + 1, at + 2))
  );
}

function nameOf(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return NAMES[character] ?? `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Replaces hidden characters in all text below a node. */
export function nameHidden(root: DocumentFragment | Element): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (walker.nextNode() !== null) {
    const node = walker.currentNode as Text;
    HIDDEN.lastIndex = 0;
    if (HIDDEN.test(node.data)) {
      found.push(node);
    }
  }
  for (const node of found) {
    node.replaceWith(...partsOf(node.data).map(toNode));
  }
}

function toNode({ text, hidden }: TextPart): Node {
  if (!hidden) {
    return document.createTextNode(text);
  }
  const box = document.createElement('span');
  box.className = 'hidden-character';
  box.textContent = text;
  return box;
}
