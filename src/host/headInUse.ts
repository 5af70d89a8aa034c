// The score head that the settings name, read again when its file changes.

import path from 'node:path';
import * as vscode from 'vscode';
import { Emitter } from '../base/emitter';
import { AppError, encodeError } from '../base/errors';
import { readHeadFile, type HeadFile } from '../formats/headFile';
import { fileIdentity } from '../node/folder';
import { requireHeadOf, type ScoreHead } from '../sample/scoreHead';
import { gainText } from './heldOutWords';
import { describeError } from './messages';
import { headFile } from './settings';

const { t } = vscode.l10n;

/** What is known of the head that is set. */
export type HeadState =
  | { readonly type: 'none' }
  | ({ readonly type: 'used'; readonly file: string } & HeadFile)
  | { readonly type: 'fault'; readonly file: string; readonly text: string };

export class HeadInUse {
  /** what {@link state} says */
  readonly onChange = new Emitter<void>();
  /** the file holds another head than before: rewards, or their lack, are void */
  readonly onReplaced = new Emitter<void>();
  #stamp = '';
  #reading: Promise<HeadFile> | undefined;
  #state: HeadState = { type: 'none' };

  get state(): HeadState {
    return this.#state;
  }

  /**
   * @param fingerprint of the model in use
   * @returns `undefined` when none is set: the model's own head scores
   * @throws AppError `HEAD_INVALID`: rewards of the model's own head do not take its place
   */
  async head(fingerprint: string): Promise<ScoreHead | undefined> {
    const file = headFile();
    if (file === undefined) {
      this.#set({ type: 'none' });
      return undefined;
    }
    const stamp = `${file}\0${await fileIdentity(file).catch(() => '')}`;
    if (this.#stamp !== stamp) {
      this.#stamp = stamp;
      this.#reading = undefined;
    }
    this.#reading ??= readHeadFile(file);
    try {
      const { head, facts } = await this.#reading;
      requireHeadOf(head, fingerprint);
      this.#set({ type: 'used', file, head, facts });
      return head;
    } catch (error) {
      const { message } = encodeError(error);
      const fault = new AppError('HEAD_INVALID', message, { file });
      this.#set({ type: 'fault', file, text: describeError(encodeError(fault)) });
      throw fault;
    }
  }

  #set(state: HeadState): void {
    const before = this.#state;
    if (isSame(before, state)) {
      return;
    }
    this.#state = state;
    this.onChange.fire();
    if (before.type !== 'none' && state.type !== 'none' && before.file === state.file) {
      this.onReplaced.fire();
    }
  }

  /** Another head may be set now. */
  forget(): void {
    this.#stamp = '';
    this.#reading = undefined;
    this.#state = { type: 'none' };
  }

  dispose(): void {
    this.onChange.dispose();
    this.onReplaced.dispose();
  }
}

function isSame(a: HeadState, b: HeadState): boolean {
  return (
    (a.type === 'none' && b.type === 'none') ||
    (a.type === 'used' && b.type === 'used' && a.file === b.file && a.head.id === b.head.id) ||
    (a.type === 'fault' && b.type === 'fault' && a.file === b.file && a.text === b.text)
  );
}

/** For the name of what computes; nothing for the model's own head. */
export function headName(state: HeadState): readonly string[] {
  return state.type === 'used' ? [t('head {0}', path.basename(state.file))] : [];
}

/** What the head is worth; nothing for the model's own. */
export function headDetail(state: HeadState): readonly string[] {
  if (state.type !== 'used') {
    return [];
  }
  const { fit, heldOut } = state.facts;
  return [
    t('Head {0}, fitted to {1} pairs.', state.file, fit.pairs),
    gainText(heldOut),
    t('Rewards are not those of the published head.'),
  ];
}
