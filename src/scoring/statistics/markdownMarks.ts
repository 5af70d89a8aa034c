// How an answer is dressed up: the marks of markdown that FastChat's style control counts.

export interface MarkdownMarks {
  readonly headings: number;
  readonly listItems: number;
  readonly bold: number;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^#{1,6}[ \t]/;
const LIST_ITEM = /^[ \t]*(?:[-*+]|\d{1,9}\.)[ \t]/;
const BOLD = /\*\*[^*]+\*\*|__[^_]+__/g;

/**
 * Counts marks as FastChat's style control does (lm-sys/FastChat, serve/monitor): headings from `#` to
 * `######`, items of ordered and unordered lists, bold runs of `**` and `__` within a line; none of
 * them inside fenced code.
 */
export function markdownMarks(text: string): MarkdownMarks {
  let headings = 0;
  let listItems = 0;
  let bold = 0;
  let fence: string | undefined;
  for (const line of text.split(/\r\n?|\n/)) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      fence = mark?.startsWith(fence) === true ? undefined : fence;
    } else if (mark !== undefined) {
      fence = mark;
    } else {
      headings += Number(HEADING.test(line));
      listItems += Number(LIST_ITEM.test(line));
      bold += line.match(BOLD)?.length ?? 0;
    }
  }
  return { headings, listItems, bold };
}

/** All marks together. */
export function markCount({ headings, listItems, bold }: MarkdownMarks): number {
  return headings + listItems + bold;
}
