// The list in which a person names columns: a part in each line, with an example, above a preview.

import * as vscode from 'vscode';
import {
  columnsOfPart,
  isSinglePart,
  mappingFault,
  withPart,
  type ColumnMapping,
  type MappingPart,
} from '../../formats/columnMapping';
import type { Column } from '../../formats/columnShape';
import { readDatasetRow } from '../../formats/datasetRow';
import { mappedFormat } from '../../formats/mappedRows';
import type { Row } from '../../formats/rows/rowFormat';
import { mediaOf, promptText } from '../../sample/sample';
import { describeError } from '../messages';
import { faultText, kindName, partName } from './mappingWords';

const { t } = vscode.l10n;

const PARTS: readonly MappingPart[] = [
  'prompt',
  'messages',
  'candidates',
  'chosen',
  'rejected',
  'sources',
  'images',
  'videos',
  'id',
];

const MAX_TEXT = 60;
const MAX_EXAMPLE = 120;

export interface MappingQuestion {
  /** of the file */
  readonly name: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  /** to start from */
  readonly mapping: ColumnMapping;
  /** it was chosen before, so that it can be forgotten */
  readonly isKnown: boolean;
}

type Choice = MappingPart | 'accept' | 'forget';
interface Item extends vscode.QuickPickItem {
  readonly choice?: Choice;
}

/** @returns `undefined` when the person gave up */
export async function chooseMapping(
  question: MappingQuestion,
): Promise<ColumnMapping | 'forget' | undefined> {
  let { mapping } = question;
  for (;;) {
    const chosen = await vscode.window.showQuickPick(itemsOf(question, mapping), {
      title: t('Columns of {0}', question.name),
      placeHolder: t('Choose a line to name its column, or open the file'),
      matchOnDescription: true,
    });
    if (chosen?.choice === undefined) {
      return undefined;
    }
    switch (chosen.choice) {
      case 'forget':
        return 'forget';
      case 'accept':
        if (mappingFault(mapping) === undefined) {
          return mapping;
        }
        break; // the line says what is missing
      default:
        mapping = await changePart(question, mapping, chosen.choice);
    }
  }
}

function itemsOf({ rows, columns, isKnown }: MappingQuestion, mapping: ColumnMapping): Item[] {
  const fault = mappingFault(mapping);
  const open: Item =
    fault === undefined
      ? {
          choice: 'accept',
          label: `$(check) ${t('Open with these columns')}`,
          detail: preview(rows, mapping),
          alwaysShow: true,
        }
      : {
          choice: 'accept',
          label: `$(circle-slash) ${t('Something is missing')}`,
          detail: faultText(fault),
          alwaysShow: true,
        };
  const parts = PARTS.map((part): Item => {
    const names = columnsOfPart(mapping, part);
    const example = columns.find(({ name }) => name === names[0])?.example;
    return {
      choice: part,
      label: partName(part),
      description: names.length === 0 ? t('not in this file') : names.join(', '),
      ...(names.length === 0 ? {} : { detail: exampleText(example) }),
    };
  });
  const forget: Item[] = isKnown
    ? [
        { label: '', kind: vscode.QuickPickItemKind.Separator },
        {
          choice: 'forget',
          label: `$(trash) ${t('Forget these columns')}`,
          detail: t('Files like this one open as they are again'),
        },
      ]
    : [];
  return [
    open,
    { label: t('What the columns hold'), kind: vscode.QuickPickItemKind.Separator },
    ...parts,
    ...forget,
  ];
}

/** Asks for the columns of a part. @returns the same mapping when the person gave up */
async function changePart(
  { columns }: MappingQuestion,
  mapping: ColumnMapping,
  part: MappingPart,
): Promise<ColumnMapping> {
  const current = columnsOfPart(mapping, part);
  const items = columns.map(({ name, kind, example }) => ({
    name,
    label: name,
    description: kindName(kind),
    detail: exampleText(example),
    picked: current.includes(name),
  }));
  const title = partName(part);
  if (isSinglePart(part)) {
    const none = { name: undefined, label: t('Not in this file') };
    // the present one first, so that it has focus
    const sorted = items.toSorted((a, b) => Number(b.picked) - Number(a.picked));
    const chosen = await vscode.window.showQuickPick([...sorted, none], {
      title,
      placeHolder: t('Which column?'),
      matchOnDetail: true,
    });
    return chosen === undefined
      ? mapping
      : withPart(mapping, part, chosen.name === undefined ? [] : [chosen.name]);
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: t('Which columns? None is a choice, too'),
    matchOnDetail: true,
    canPickMany: true,
  });
  const names = chosen?.map(({ name }) => name);
  return names === undefined
    ? mapping
    : withPart(
        mapping,
        part,
        columns.map(({ name }) => name).filter((name) => names.includes(name)),
      );
}

/** The first row as it will be read. */
function preview(rows: readonly Row[], mapping: ColumnMapping): string {
  const read = readDatasetRow(rows[0], 1, 'safe', undefined, mappedFormat(mapping));
  if (!read.ok) {
    return t('Row 1 can’t be read so: {0}', describeError(read.error));
  }
  const { sample } = read;
  const answers = sample.candidates.map(({ text, source }) =>
    source === undefined ? quoted(text) : t('{0} by {1}', quoted(text), source),
  );
  const media = mediaOf(sample).length;
  return [
    t('Row 1: {0}', quoted(promptText(sample))),
    answers.length === 1
      ? t('1 answer: {0}', answers.join())
      : t('{0} answers: {1}', answers.length, answers.join(', ')),
    ...(media === 0 ? [] : [media === 1 ? t('1 picture or video') : t('{0} media', media)]),
  ].join(' · ');
}

function quoted(text: string): string {
  return `“${clip(text, MAX_TEXT)}”`;
}

function exampleText(example: unknown): string {
  const text =
    typeof example === 'string' || example === undefined ? example : JSON.stringify(example);
  return clip(text ?? '', MAX_EXAMPLE);
}

/** In one line; icons of VS Code (`$(name)`) are text here. */
function clip(text: string, length: number): string {
  const line = text
    .slice(0, 4 * length)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replaceAll('$(', '$\u200b(')
    .trim();
  return line.length <= length ? line : `${line.slice(0, length - 1).toWellFormed()}…`;
}
