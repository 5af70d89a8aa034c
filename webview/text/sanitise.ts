// HTML of answers to nodes that may stand in the page. A second barrier: the first is the parser,
// which takes no raw HTML; the third is the page's content policy.

import createPurifier from 'dompurify';
import { nameHidden } from './hiddenCharacters';

const TEXT_TAGS =
  'a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr li ol p pre s span strong table tbody td th thead tr ul';
// what KaTeX writes, save for its copy of the source, which would be read out twice
const MATH_TAGS =
  'math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics';
const ATTRIBUTES = [
  ...['class', 'href', 'start', 'title'],
  ...['accent', 'accentunder', 'columnalign', 'columnspacing', 'depth', 'display', 'displaystyle'],
  ...['fence', 'height', 'largeop', 'linethickness', 'lspace', 'mathvariant', 'maxsize', 'minsize'],
  ...['movablelimits', 'notation', 'rowspacing', 'rspace', 'scriptlevel', 'separator', 'stretchy'],
  ...['symmetric', 'voffset', 'width'],
];
/** Classes that the renderer itself writes. */
const OWN_CLASS =
  /^(?:align-(?:left|center|right)|hljs-[\w-]+|katex|language-[\w+#-]+|mathblock|plain|[a-z]+_)$/;
const WEB_ADDRESS = /^https?:\/\//i;

const purifier = createPurifier(window);

purifier.addHook('afterSanitizeAttributes', (node) => {
  const classes = [...node.classList].filter((name) => OWN_CLASS.test(name));
  if (classes.length === 0) {
    node.removeAttribute('class');
  } else if (node.classList.length !== classes.length) {
    node.setAttribute('class', classes.join(' '));
  }
  const address = node.getAttribute('href');
  if (address !== null) {
    if (node.localName === 'a' && WEB_ADDRESS.test(address)) {
      // what a link says is not always where it leads
      node.setAttribute('title', address);
      node.setAttribute('rel', 'noreferrer');
      // one Tab stop per card: links are reached by the screen reader's own means, or the mouse
      node.setAttribute('tabindex', '-1');
    } else {
      node.removeAttribute('href');
    }
  }
});

/** @returns nodes without scripts, styles, forms, addresses that load, or names that clash */
export function sanitised(html: string): DocumentFragment {
  const fragment = purifier.sanitize(html, {
    ALLOWED_TAGS: [...TEXT_TAGS.split(' '), ...MATH_TAGS.split(' ')],
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: WEB_ADDRESS,
    FORBID_CONTENTS: ['annotation', 'annotation-xml', 'script', 'style', 'template'],
    RETURN_DOM_FRAGMENT: true,
  });
  nameHidden(fragment);
  return fragment;
}
