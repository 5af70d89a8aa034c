// What an export asks: where preferences come from, which format, which pairs and which rules.

import * as vscode from 'vscode';
import { isCancelled } from '../../base/errors';
import { PAIR_FORMATS, type ExportFormat } from '../../formats/exportFormats';
import type { PairExportOptions } from '../../review/pairExport';
import type { PairSource } from '../../review/pairSources';
import type { PairPolicy } from '../../sample/pair';

const { t } = vscode.l10n;

interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** Rules that a person can switch on; the command line takes any numbers. */
type Rules = Pick<
  PairExportOptions,
  'dedupe' | 'ties' | 'maxLengthRatio' | 'testFraction' | 'media' | 'minMargin'
>;

const MAX_LENGTH_RATIO = 2;
const TEST_FRACTION = 0.1;
const STEPS = 5;

/** @returns `undefined` when the person gave up */
export async function chooseSource(journal: string): Promise<PairSource | undefined> {
  const chosen = await ask(1, t('Where preferences come from'), [
    {
      value: 'verdicts',
      label: t('My verdicts'),
      detail: t('And those of everybody in the journal'),
    },
    {
      value: 'both',
      label: t('Verdicts, with rewards of a scored file…'),
      detail: t('Margins for formats that have them'),
    },
    {
      value: 'rewards',
      label: t('Rewards of a scored file…'),
      detail: t('The order of the model, as `rewardlens score` writes it'),
    },
  ] as const);
  if (chosen === undefined) {
    return undefined;
  }
  if (chosen === 'verdicts') {
    return { from: 'verdicts', journal };
  }
  const [scored] =
    (await vscode.window.showOpenDialog({
      title: t('Scored output of this dataset'),
      filters: { [t('Score sheets')]: ['jsonl', 'csv', 'parquet'] },
    })) ?? [];
  if (scored === undefined) {
    return undefined;
  }
  const scoredFile = scored.fsPath;
  return chosen === 'both'
    ? { from: 'verdicts', journal, scoredFile }
    : { from: 'rewards', scoredFile };
}

/** @returns `undefined` when the person gave up */
export function chooseFormat(): Promise<ExportFormat | undefined> {
  const item = (value: ExportFormat, label: string, detail: string): Choice<ExportFormat> => ({
    value,
    label,
    description: value,
    detail,
  });
  return ask(2, t('For which trainer'), [
    item('trl', t('TRL, conversational'), t('DPO, with images')),
    item('trl-standard', t('TRL, plain text'), t('DPO, one text prompt')),
    item('trl-reward', t('TRL, reward model'), t('Text, with margins')),
    item('trl-kto', t('TRL, KTO'), t('Text, single answers with labels')),
    item('llamafactory-alpaca', t('LLaMA-Factory, alpaca'), t('Images and videos; a folder')),
    item('llamafactory-sharegpt', t('LLaMA-Factory, sharegpt'), t('Images and videos; a folder')),
    item('llamafactory-v1', t('LLaMA-Factory v1'), t('Images and videos; a folder')),
    item('openrlhf', t('OpenRLHF'), t('Text, with margins')),
    item('ms-swift', t('ms-swift'), t('DPO and reward models; images, videos, margins')),
    item('ms-swift-kto', t('ms-swift, KTO'), t('Single answers with labels; images and videos')),
    item('ixc', t('IXC-2.5-Reward'), t('Its training files; images; a folder')),
    item('rlaif-v', t('RLAIF-V'), t('One question about one image')),
    item('mm-rlhf', t('MM-RLHF'), t('One question about one image or video')),
    item('rewardlens', t('RewardLens'), t('Everything that is known of each pair')),
  ]);
}

/** @returns `undefined` when the person gave up */
export function choosePolicy(): Promise<PairPolicy | undefined> {
  return ask(3, t('Which pairs of a ranking'), [
    {
      value: 'best-worst',
      label: t('Best and worst'),
      detail: t('One pair for each ranked sample'),
    },
    {
      value: 'best-rest',
      label: t('Best and each other'),
      detail: t('The best answer against every answer ranked below it'),
    },
    { value: 'adjacent', label: t('Neighbours'), detail: t('Each rank against the next one') },
    { value: 'all', label: t('All pairs'), detail: t('Every two answers of different rank') },
  ]);
}

/** @returns `undefined` when the person gave up; none of them is a choice, too */
export async function chooseRules(
  format: ExportFormat,
  { scoredFile }: PairSource,
): Promise<Rules | undefined> {
  const leastMargin: Choice<Rules> = {
    value: {},
    label: t('A least margin…'),
    detail: t('Pairs whose rewards are closer are left out'),
  };
  const items: Choice<Rules>[] = [
    ...(scoredFile === undefined ? [] : [leastMargin]),
    {
      value: { dedupe: true },
      label: t('Each pair once'),
      detail: t('Same prompt, media and answers'),
    },
    {
      value: { ties: true },
      label: t('Ties, too'),
      detail: t('Answers in one place give a pair in each direction, with a margin of 0'),
    },
    {
      value: { maxLengthRatio: MAX_LENGTH_RATIO },
      label: t('Chosen answers at most twice as long'),
      detail: t('By characters, so that length alone is not learnt'),
    },
    {
      value: { testFraction: TEST_FRACTION },
      label: t('A test split of 10 %'),
      detail: t('By prompt: the same prompt is never on both sides'),
    },
    {
      value: { media: 'copy' },
      label: t('Copy images and videos beside the export'),
      detail: t('Otherwise paths lead to where they are'),
    },
    ...(PAIR_FORMATS[format].embeds
      ? [{ value: { media: 'embed' as const }, label: t('Put images inside the rows') }]
      : []),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: stepTitle(4, t('Rules for pairs and files')),
    placeHolder: t('Press Enter for none'),
    canPickMany: true,
  });
  const rules = chosen?.reduce<Rules>((all, { value }) => ({ ...all, ...value }), {});
  if (rules === undefined || chosen?.includes(leastMargin) !== true) {
    return rules;
  }
  const minMargin = await askMargin();
  return minMargin === undefined ? undefined : { ...rules, minMargin };
}

async function askMargin(): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: stepTitle(4, t('Least margin between chosen and rejected')),
    prompt: t('In units of the reward; only differences within one sample mean something'),
    value: '0.5',
    validateInput: (typed) =>
      toMargin(typed) === undefined ? t('Type a number, such as 0.5.') : undefined,
  });
  return text === undefined ? undefined : toMargin(text);
}

function toMargin(text: string): number | undefined {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}

/**
 * Keeps the place of the next question while pairs are looked for: keys that are typed meanwhile go
 * nowhere else. Escape stops it.
 * @returns `undefined` when the person gave up
 */
export async function whileLooking<T>(
  run: (report: (rows: number) => void, signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const controller = new AbortController();
  const pick = vscode.window.createQuickPick();
  pick.title = stepTitle(5, t('What will be exported'));
  pick.placeholder = t('Looking for pairs…');
  pick.busy = true;
  pick.ignoreFocusOut = true;
  pick.onDidHide(() => controller.abort());
  pick.show();
  try {
    return await run((rows) => {
      pick.placeholder = t('Looking for pairs: {0} rows so far', rows);
    }, controller.signal);
  } catch (error) {
    if (isCancelled(error)) {
      return undefined;
    }
    throw error;
  } finally {
    pick.dispose();
  }
}

/**
 * Shows what would be written.
 * @param remarks a row each: one long line would be cut
 * @returns false when the person gave up
 */
export async function confirmExport(pairs: string, remarks: readonly string[]): Promise<boolean> {
  let chosen: 'export' | 'cancel' | 'remark' | undefined = 'remark';
  while (chosen === 'remark') {
    chosen = await ask<'export' | 'cancel' | 'remark'>(5, t('What will be exported'), [
      { value: 'export', label: pairs },
      { value: 'cancel', label: t('Cancel') },
      ...remarks.map((label) => ({ value: 'remark' as const, label: `$(info) ${label}` })),
    ]);
  }
  return chosen === 'export';
}

async function ask<T>(
  step: number,
  title: string,
  items: readonly Choice<T>[],
): Promise<T | undefined> {
  const chosen = await vscode.window.showQuickPick(items, {
    title: stepTitle(step, title),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.value;
}

function stepTitle(step: number, title: string): string {
  return t('{0} (step {1} of {2})', title, step, STEPS);
}
