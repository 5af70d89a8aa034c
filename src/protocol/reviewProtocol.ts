// What the webview and the extension host tell each other. Both places of the webview (review
// editor and side panel) use the same messages; the host checks every message of the webview.

import * as z from 'zod';
import { decodedVideoSchema } from '../sample/decodedVideo';
import { SORTS, type QueueQuery, type RowValues } from '../sample/queueQuery';
import type { Turn } from '../sample/sample';
import { STANDINGS, type Condition, type Standing } from '../sample/standing';
import type { Verdict } from '../sample/verdict';
import { cancelExplainSchema, explainSchema, type ExplanationMessage } from './explanationParts';
import { answerText, index, key, noteText, shownOrder } from './messageFields';
import { remembered, type Remembered } from './remembered';
import type {
  AnswerDraft,
  CandidateScore,
  CandidateView,
  FramesView,
  MediaKind,
  MediaView,
  RowFaultView,
  ScoreView,
} from './sampleParts';

export type Surface = 'editor' | 'panel';

/** Ranks that are not saved yet. */
const draftSchema = z.object({
  /** place of each candidate as they are shown, from 1; 0 is not ranked */
  places: z.array(index),
  allBad: z.boolean(),
  /** the places are the model's order, taken over as a whole */
  accepted: z.boolean(),
});
export type Draft = Readonly<z.infer<typeof draftSchema>>;

/** A sample as it is shown. Answers are named by their position, also in its verdict and its drafts. */
export interface SampleView {
  /** names the sample for messages: unique in this webview */
  readonly key: string;
  readonly row: number;
  readonly id: string;
  readonly line: number;
  /** the line is one that a text editor can show */
  readonly hasText: boolean;
  /** name of the file, for the panel */
  readonly file: string;
  readonly turns: readonly Turn[];
  readonly media: readonly MediaView[];
  readonly candidates: readonly CandidateView[];
  /** the file's index by position; goes back with what names answers, and is nothing to show */
  readonly shown: readonly number[];
  /** sources and rewards are hidden, and not here */
  readonly blind: boolean;
  readonly domain?: string;
  readonly verdict: Verdict;
  /** what the person has changed since, kept over reloads */
  readonly draft?: Draft;
  /** a note that is not saved yet */
  readonly noteDraft?: string;
  /** answers that are not saved yet, each named once */
  readonly answerDrafts: readonly AnswerDraft[];
  readonly score: ScoreView;
}

/** What the queue shows of a row. */
export interface RowView {
  readonly row: number;
  readonly id: string;
  readonly line: number;
  /** first line of the prompt, or what is wrong with the row */
  readonly text: string;
  readonly thumbnail?: string;
  /** there is no picture to show, but a video */
  readonly video?: boolean;
  readonly state: Standing;
  readonly flagged: boolean;
  /** what the queue can be sorted by; what is hidden while one is blind is not in it */
  readonly values: RowValues;
}

/** How samples of a dataset are shown that have no ranks yet. */
export interface ModeView {
  /** without sources and rewards */
  readonly blind: boolean;
  /** answers in random order */
  readonly shuffle: boolean;
  /** after a blind verdict the next sample follows at once; else its own rewards appear first */
  readonly goesOn: boolean;
}

export interface ProgressView {
  readonly reviewed: number;
  readonly skipped: number;
  readonly flagged: number;
  readonly total: number;
}

/** The engine and its model, for the top bar. */
export interface EngineView {
  readonly state: 'off' | 'stopped' | 'starting' | 'ready' | 'busy' | 'fault';
  /** such as "demo model · int8 · CPU" */
  readonly text: string;
  /** which device computes and why others do not, once that is settled */
  readonly detail?: string;
  /** such as "scoring 4 of 40" */
  readonly batch?: string;
  /** marks every reward while a stand-in judges: "demo" (`DEMO_LABEL`), "untrained" */
  readonly label?: string;
  /** margins below this are noise of the device that computes; left out where there is none */
  readonly noiseFloor?: number;
}

/** A line above the cards. */
export interface NoticeView {
  readonly id: string;
  readonly kind: 'info' | 'warning' | 'error';
  /** said first, in bold */
  readonly title: string;
  readonly text: string;
  readonly actions: readonly { readonly id: string; readonly title: string }[];
  readonly closable: boolean;
}

/** The file that the side panel follows. */
export interface FollowedView {
  readonly name: string;
  readonly folder: string;
  readonly kind: MediaKind;
  readonly uri?: string;
  readonly sizeBytes?: number;
  readonly samples: number;
  readonly files: number;
  /** why there may be more samples than these */
  readonly remarks: readonly string[];
}

/** How far a dataset is scanned for its rows. */
export interface IndexedView {
  readonly rows: number;
  /** from 0 to 1 */
  readonly share: number;
  /** why rows are missing */
  readonly fault?: string;
}

/** Which rows the queue shows. */
export interface QueueView {
  readonly query: QueueQuery;
  /** in the queue's order; `undefined`: all of them in file order, or not found yet */
  readonly rows?: Uint32Array;
  /** how much of the dataset was looked through, from 0 to 1 */
  readonly share: number;
  readonly fault?: string;
}

/** How many rows the queue would show with one more condition. */
export type ConditionCounts = Readonly<Partial<Record<Condition, number>>>;

/** A sample in the side panel before it is opened. */
export interface SectionView {
  readonly key: string;
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly decided: boolean;
  /** there is a decision, on a sample that has changed since */
  readonly stale: boolean;
}

/** To the webview. */
export type ToWebview =
  | {
      readonly type: 'init';
      readonly surface: Surface;
      /** plain keys work */
      readonly keys: boolean;
      /** marked words are read with where they begin and end */
      readonly readMarks: boolean;
      /** BCP 47 */
      readonly language: string;
      /** translations, by English text; see @vscode/l10n */
      readonly strings: Readonly<Record<string, string>>;
      readonly remembered: Remembered;
    }
  | {
      readonly type: 'dataset';
      readonly name: string;
      readonly indexed: IndexedView;
      readonly progress: ProgressView;
      /** verdicts can't be saved: an untrusted workspace */
      readonly readOnly: boolean;
    }
  /** more rows were found */
  | { readonly type: 'indexed'; readonly indexed: IndexedView }
  /** what the queue shows from now on */
  | { readonly type: 'queue'; readonly queue: QueueView }
  /** for the conditions that the query does not have */
  | { readonly type: 'conditionCounts'; readonly counts: ConditionCounts }
  | { readonly type: 'rows'; readonly rows: readonly RowView[] }
  | { readonly type: 'progress'; readonly progress: ProgressView }
  /** of the dataset whose sample is shown */
  | { readonly type: 'mode'; readonly mode: ModeView }
  | { readonly type: 'sample'; readonly sample: SampleView; readonly takeFocus: boolean }
  /** the row that was asked for is broken */
  | ({ readonly type: 'brokenRow'; readonly row: RowView } & RowFaultView)
  | { readonly type: 'score'; readonly key: string; readonly score: ScoreView }
  /** how far the reward of a text is that `scoreText` asked for */
  | {
      readonly type: 'textScore';
      readonly key: string;
      readonly text: string;
      readonly score: CandidateScore;
    }
  /** how far a check is that `explain` asked for */
  | ExplanationMessage
  /** an answer to `frames` */
  | {
      readonly type: 'frames';
      readonly key: string;
      readonly media: number;
      readonly frames: FramesView;
    }
  | { readonly type: 'verdict'; readonly key: string; readonly verdict: Verdict }
  /** somebody's verdict on the sample was found in the journal; `text` says whose */
  | { readonly type: 'arrived'; readonly key: string; readonly text: string }
  /** answers a message that asks for something to be shown or saved; what was saved is on disk */
  | { readonly type: 'done'; readonly request: number }
  /** answers likewise: nothing has changed. `elsewhere`: another folder may help */
  | {
      readonly type: 'failed';
      readonly request: number;
      readonly text: string;
      readonly elsewhere: boolean;
    }
  /** undo or redo was chosen in a menu of VS Code */
  | { readonly type: 'takeBack'; readonly what: 'undo' | 'redo' }
  /** words for the live region */
  | { readonly type: 'say'; readonly text: string }
  /** asks for the sampled frames of a video, which the engine can't decode; answered by `video…` */
  | { readonly type: 'decodeVideo'; readonly request: number; readonly uri: string }
  | { readonly type: 'cancelVideo'; readonly request: number }
  | { readonly type: 'engine'; readonly engine: EngineView }
  | { readonly type: 'notices'; readonly notices: readonly NoticeView[] }
  | {
      readonly type: 'followed';
      readonly file: FollowedView | undefined;
      readonly sections: readonly SectionView[];
      /** verdicts can't be saved: an untrusted workspace */
      readonly readOnly: boolean;
    };

const recordSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('rank'),
    /** positions, as the rest of the page's answers */
    ranks: z.array(z.array(index)),
    unranked: z.array(index),
    accepted: z.boolean(),
    /** as the sample was shown */
    blind: z.boolean(),
    shown: shownOrder,
    ms: z.number().nonnegative(),
  }),
  z.object({ kind: z.literal('allBad') }),
  z.object({ kind: z.literal('skip') }),
  z.object({ kind: z.literal('flag'), on: z.boolean() }),
  z.object({ kind: z.literal('note'), text: noteText }),
  z.object({
    kind: z.literal('edit'),
    candidate: index,
    shown: shownOrder,
    text: answerText,
  }),
  z.object({ kind: z.literal('add'), text: answerText }),
]);

const filterSchema = z.object({
  text: z.string().max(1000).optional(),
  standings: z.array(z.enum([...STANDINGS, 'flagged'])).optional(),
  marginBelow: z.number().optional(),
  sources: z.array(z.string()).optional(),
  domains: z.array(z.string()).optional(),
});
export const querySchema = z.object({
  filter: filterSchema,
  sort: z.enum(SORTS),
  descending: z.boolean(),
});

/** Rows of the queue that are asked for with one message. */
const MAX_ROWS_AT_ONCE = 200;

/** From the webview, which shows hostile data and is not trusted. */
export const fromWebviewSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('rows'), rows: z.array(index).max(MAX_ROWS_AT_ONCE) }),
  /** opens a row of the editor */
  z.object({ type: z.literal('openRow'), request: index, row: index, takeFocus: z.boolean() }),
  /** opens a section of the panel; without a key closes the one that is open */
  z.object({
    type: z.literal('openSection'),
    request: index,
    key: key.optional(),
    takeFocus: z.boolean(),
  }),
  /** shows other rows, or in another order */
  z.object({ type: z.literal('queue'), query: querySchema }),
  z.object({ type: z.literal('nextUnreviewed'), request: index, after: z.int() }),
  z.object({ type: z.literal('record'), request: index, key, body: recordSchema }),
  z.object({ type: z.literal('undo'), request: index }),
  z.object({ type: z.literal('redo'), request: index }),
  /** has the person choose another folder for the journal of a sample's dataset */
  z.object({ type: z.literal('saveElsewhere'), request: index, key: key.optional() }),
  /** keeps ranks that are not saved yet; without a draft forgets them */
  z.object({
    type: z.literal('draft'),
    key,
    draft: draftSchema.optional(),
    /** as the sample was shown */
    blind: z.boolean(),
    shown: shownOrder,
  }),
  /** the same for a note */
  z.object({ type: z.literal('noteDraft'), key, text: noteText.optional() }),
  /** keeps an answer as it is typed; without text forgets it */
  z.object({
    type: z.literal('answerDraft'),
    key,
    candidate: index.optional(),
    shown: shownOrder,
    text: answerText.optional(),
  }),
  /** takes back the last edit of an answer, or else that it was added */
  z.object({
    type: z.literal('undoChange'),
    request: index,
    key,
    candidate: index,
    shown: shownOrder,
  }),
  /** asks for the reward of a text that is not saved; what was asked for before is given up */
  z.object({ type: z.literal('scoreText'), key, text: answerText }),
  z.object({ type: z.literal('cancelText') }),
  explainSchema,
  cancelExplainSchema,
  /** changes how samples without ranks are shown, in the dataset of the one that is shown */
  z.object({
    type: z.literal('setMode'),
    blind: z.boolean().optional(),
    shuffle: z.boolean().optional(),
  }),
  /** shows sources and rewards of a blind sample; its verdict is not blind any more */
  z.object({ type: z.literal('reveal'), key }),
  z.object({ type: z.literal('scoreAgain'), key }),
  z.object({ type: z.literal('cancelScoring'), key }),
  /** asks for the sampled frames of a medium */
  z.object({ type: z.literal('frames'), key, media: index }),
  /** comes first, then a `videoFrame` for each of its indices */
  z.object({ type: z.literal('videoFacts'), request: index, video: decodedVideoSchema }),
  /** planes Y, U, V without padding */
  z.object({ type: z.literal('videoFrame'), request: index, planes: z.instanceof(Uint8Array) }),
  z.object({ type: z.literal('videoRefused'), request: index, reason: z.string().max(4096) }),
  /** what is not named stays as it is */
  z.object({ type: z.literal('remember'), remembered }),
  z.object({ type: z.literal('goToLine'), key }),
  z.object({ type: z.literal('openInEditor'), key }),
  z.object({ type: z.literal('copy'), text: z.string() }),
  z.object({ type: z.literal('notice'), id: z.string(), action: z.string() }),
  z.object({
    type: z.literal('command'),
    command: z.enum([
      'export',
      'statistics',
      'engineMenu',
      'more',
      'showLog',
      'openDataset',
      'openSamples',
      'pasteAnswers',
      'openWithMapping',
      'filter',
      'sort',
      'goToRow',
    ]),
  }),
]);

export type FromWebview = z.infer<typeof fromWebviewSchema>;
/** What a webview may write into the journal. */
export type RecordBody = z.infer<typeof recordSchema>;
