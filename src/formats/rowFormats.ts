// All dataset formats whose rows are known beside our own, in order of precedence.

import { argilla, argillaColumns } from './rows/argilla';
import { batchOutput } from './rows/batchOutput';
import { answerLists, multimodalRewardBench, vlRewardBench } from './rows/benchmarks';
import { alpaca, inputOutput, trlCompletion, videoChatGpt } from './rows/completion';
import { llava, mediaMessages } from './rows/conversation';
import { ixc } from './rows/ixc';
import { labelStudio } from './rows/labelStudio';
import { llamaFactoryAlpaca, llamaFactoryShareGpt, llamaFactoryV1 } from './rows/llamaFactory';
import { llavaRlhf } from './rows/llavaRlhf';
import { msSwiftKto, msSwiftPreference, msSwiftQuery, msSwiftRounds } from './rows/msSwift';
import { implicitPreference, promptPreference } from './rows/preference';
import { promptOnly } from './rows/promptOnly';
import { rlaifV, rlhfV } from './rows/questionPreference';
import type { Row, RowFormat } from './rows/rowFormat';
import { vlFeedback } from './rows/vlFeedback';

/** What is told by keys of its own stands before what shares them with others. */
export const ROW_FORMATS: readonly RowFormat[] = [
  ixc,
  llamaFactoryV1,
  vlFeedback,
  rlhfV,
  llavaRlhf,
  vlRewardBench,
  multimodalRewardBench,
  labelStudio,
  argilla,
  argillaColumns,
  batchOutput,
  msSwiftPreference,
  llamaFactoryShareGpt,
  msSwiftKto,
  answerLists,
  llamaFactoryAlpaca,
  rlaifV,
  promptPreference,
  implicitPreference,
  trlCompletion,
  alpaca,
  inputOutput,
  msSwiftQuery,
  msSwiftRounds,
  videoChatGpt,
  llava,
  mediaMessages,
  promptOnly,
];

/**
 * The format of a row by what it holds; rows of one file may differ. A column without a value says
 * nothing. A row with `messages` may be a conversation of a candidate file: only formats that make
 * something of `messages`, too, may claim it. A pair with its prompt is none (ultrafeedback_binarized
 * repeats the chosen conversation as `messages`).
 * @returns `undefined` for a row of a candidate file, and for what no format knows
 */
export function recogniseRow(row: Row): RowFormat | undefined {
  const filled: Row = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  const isPair = ['prompt', 'chosen', 'rejected'].every((key) => key in filled);
  return 'candidates' in filled
    ? undefined
    : ROW_FORMATS.find(
        ({ keys, fits }) =>
          (!Array.isArray(filled.messages) || isPair || keys.has('messages')) && fits(filled),
      );
}
