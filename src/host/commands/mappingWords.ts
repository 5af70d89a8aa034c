// What the parts of a mapping are called, and what is missing in one.

import * as vscode from 'vscode';
import type { MappingFault, MappingPart } from '../../formats/columnMapping';
import type { ColumnKind } from '../../formats/columnShape';

const { t } = vscode.l10n;

export function partName(part: MappingPart): string {
  switch (part) {
    case 'prompt':
      return t('Prompt');
    case 'messages':
      return t('Conversation, instead of a prompt');
    case 'candidates':
      return t('Answers: a list, or a column for each');
    case 'chosen':
      return t('Chosen answer, instead of answers');
    case 'rejected':
      return t('Rejected answer');
    case 'sources':
      return t('Sources: who wrote the answers');
    case 'images':
      return t('Pictures');
    case 'videos':
      return t('Videos');
    case 'id':
      return t('Name of the row');
  }
}

export function kindName(kind: ColumnKind): string {
  switch (kind) {
    case 'text':
      return t('text');
    case 'number':
      return t('number');
    case 'boolean':
      return t('yes or no');
    case 'list':
      return t('list');
    case 'object':
      return t('object');
    case 'null':
      return t('no value yet');
  }
}

export function faultText(fault: MappingFault): string {
  switch (fault) {
    case 'twoPrompts':
      return t('The prompt and a conversation are named: one of them is enough.');
    case 'halfPair':
      return t('A pair needs a chosen and a rejected answer.');
    case 'twoKinds':
      return t('Answers and a pair are named: one of them is enough.');
    case 'noPrompt':
      return t('Name the column of the prompt, or of the conversation.');
    case 'noAnswers':
      return t('Name the columns of the answers, or of a chosen and a rejected one.');
    case 'sources':
      return t('Name one column of sources, or as many as there are of answers.');
  }
}
