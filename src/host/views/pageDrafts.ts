// What a page has not saved yet: kept by the file's indices, and forgotten once it is saved.

import type { FromWebview } from '../../protocol/reviewProtocol';
import { toGroups, type RankGroups } from '../../sample/ranking';
import type { EntryBody } from '../../sample/verdict';
import type { Drafts, KeptDraft } from '../drafts';
import { keptDraft, namedCandidate } from './shownAnswers';

type DraftMessage = Extract<FromWebview, { type: 'draft' | 'noteDraft' | 'answerDraft' }>;

/** Keeps what is not saved yet, or forgets it. @throws AppError `INTERNAL`: no such answer */
export async function keepDraft(drafts: Drafts, message: DraftMessage): Promise<void> {
  const { key } = message;
  switch (message.type) {
    case 'draft': {
      const { draft, shown, blind } = message;
      await drafts.ranks.set(key, draft && keptDraft(draft, shown, blind));
      break;
    }
    case 'noteDraft':
      await drafts.notes.set(key, message.text);
      break;
    case 'answerDraft': {
      const { candidate, shown, text } = message;
      const own =
        candidate === undefined ? undefined : namedCandidate({ candidate, shown }, shown.length);
      await drafts.setAnswer(key, own, text);
      break;
    }
  }
}

/**
 * What was saved is no draft any more. What was typed since, while it was being written, stays one.
 * @param key of its sample
 * @param added index in the file's order that a new answer gets
 */
export async function forgetSaved(
  drafts: Drafts,
  key: string,
  entry: EntryBody,
  added: number,
): Promise<void> {
  const forgetAnswer = async (candidate: number | undefined, text: string): Promise<void> => {
    const kept = drafts.answers.get(key)?.find((draft) => draft.candidate === candidate);
    await (kept?.text === text ? drafts.setAnswer(key, candidate, undefined) : undefined);
  };
  switch (entry.kind) {
    case 'rank':
    case 'allBad':
      await (isOf(drafts.ranks.get(key), entry) ? drafts.ranks.set(key, undefined) : undefined);
      break;
    case 'skip':
      await drafts.ranks.set(key, undefined);
      break;
    case 'note':
      await (drafts.notes.get(key) === entry.text ? drafts.notes.set(key, undefined) : undefined);
      break;
    case 'edit':
      await forgetAnswer(entry.candidate, entry.text);
      break;
    case 'add':
      await forgetAnswer(undefined, entry.text);
      // of an answer that stood there and was taken back
      await drafts.setAnswer(key, added, undefined);
      break;
    case 'flag':
    case 'undo':
      break;
  }
}

/** The draft says what was saved, not what was changed meanwhile, here or in another editor. */
function isOf(
  draft: KeptDraft | undefined,
  entry: Extract<EntryBody, { kind: 'rank' | 'allBad' }>,
): boolean {
  if (draft === undefined || entry.kind === 'allBad' || draft.allBad) {
    return draft?.allBad === (entry.kind === 'allBad');
  }
  const named = (groups: RankGroups): string =>
    JSON.stringify(groups.map((group) => [...group].sort((a, b) => a - b)));
  return draft.accepted === entry.accepted && named(toGroups(draft.places)) === named(entry.ranks);
}
