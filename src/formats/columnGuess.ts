// What columns probably hold, by their names and kinds: where a person starts from.

import type { ColumnMapping } from './columnMapping';
import type { Column, ColumnKind } from './columnShape';

const ANSWER = /answer|response|output|completion|candidate|generation|prediction|reply|caption/i;
const AUTHOR = /model|source|generator|author|writer/i;
const PROMPT = /prompt|question|query|instruction|problem|request|input|^(q|user|task|ask)$/i;
const MESSAGES = /message|conversation|dialog|chat|turns/i;
const CHOSEN = /chosen|prefer|accept|better|winner|^(win|good|pos|positive|best)$/i;
const REJECTED = /reject|worse|loser|^(lose|bad|neg|negative|worst)$/i;
const IMAGE = /image|img|picture|photo|screenshot|^pic/i;
const VIDEO = /video|clip|movie/i;
const ID = /^(id|uid|uuid|guid|idx|index|key|name)$|[_-](id|uid|uuid|idx)$|^(qid|sid)$/i;

/** The likely mapping; parts that no column looks like are left out, so that it may not be complete. */
export function guessMapping(columns: readonly Column[]): ColumnMapping {
  const taken = new Set<string>();
  const all = (name: RegExp, ...kinds: readonly ColumnKind[]): string[] => {
    return columns
      .filter((each) => !taken.has(each.name) && kinds.includes(each.kind) && name.test(each.name))
      .map((each) => each.name);
  };
  const take = (names: readonly string[]): string[] => {
    names.forEach((name) => taken.add(name));
    return [...names];
  };
  const first = (name: RegExp, ...kinds: readonly ColumnKind[]): string | undefined =>
    take(all(name, ...kinds).slice(0, 1))[0];

  const id = first(ID, 'text', 'number');
  const chosen = first(CHOSEN, 'text', 'list');
  const rejected = chosen === undefined ? undefined : first(REJECTED, 'text', 'list');
  const images = take(all(IMAGE, 'text', 'list', 'object'));
  const videos = take(all(VIDEO, 'text', 'list', 'object'));
  const isPair = rejected !== undefined;
  const authors = all(AUTHOR, 'text', 'list').filter(isAuthor);
  const candidates = isPair ? [] : takeAnswers();
  const messages = first(MESSAGES, 'list');
  const prompt = messages === undefined ? first(PROMPT, 'text', 'list') : undefined;
  const answers = isPair ? 2 : candidates.length;
  const sources = authors.filter((name) => !taken.has(name));
  return {
    ...(prompt === undefined ? {} : { prompt }),
    ...(messages === undefined ? {} : { messages }),
    images,
    videos,
    candidates,
    ...(isPair && chosen !== undefined ? { chosen, rejected } : {}),
    sources: sources.length === 1 || sources.length === answers ? sources : [],
    ...(id === undefined ? {} : { id }),
  };

  /** A list before texts: beside it these are something else. */
  function takeAnswers(): string[] {
    const lists = all(ANSWER, 'list').filter((name) => !isAuthor(name));
    const texts = all(ANSWER, 'text').filter((name) => !isAuthor(name) && !PROMPT.test(name));
    return take(lists.length > 0 ? lists.slice(0, 1) : texts);
  }
}

/** The last word tells: `answer_model` is a model, `model_answer` an answer. */
function isAuthor(name: string): boolean {
  return lastWord(name, AUTHOR) > lastWord(name, ANSWER);
}

function lastWord(name: string, words: RegExp): number {
  return [...name.matchAll(new RegExp(words, 'gi'))].at(-1)?.index ?? -1;
}
