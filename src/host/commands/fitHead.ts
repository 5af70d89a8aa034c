// "Fit Head on My Verdicts…": a score head that learns from the person's own pairs, shown with what it
// is worth on pairs that it has not seen, and only then saved or used.

import path from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../../base/errors';
import type { FitHeadAnswer } from '../../protocol/engineProtocol';
import { readHeadPairs, type HeadData } from '../../review/headPairs';
import { findJournal } from '../../review/journalPath';
import { DEFAULT_LEARN_SETTINGS, type HeadFacts } from '../../sample/headFacts';
import type { PromptPairs } from '../../sample/promptPairs';
import { MIN_PAIRS } from '../../sample/statistics';
import { toSignal } from '../cancellation';
import { gainText, percentText } from '../heldOutWords';
import { mappedFor } from '../mappings';
import type { Services } from '../services';
import { datasetSettings } from '../settings';
import { saveHead, useHead } from './headFiles';

const { t } = vscode.l10n;

/** A head with what it was fitted to. */
interface Fitted {
  readonly data: HeadData;
  readonly answer: FitHeadAnswer;
  /** files that saving must not replace */
  readonly inputs: readonly string[];
}

/** @throws AppError `TOO_FEW_PAIRS`, `UNTRUSTED`, `CANCELLED`, and as reading and fitting do */
export async function fitHeadOnVerdicts(services: Services, dataset: string): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    throw new AppError('UNTRUSTED', 'this workspace is not trusted');
  }
  const { data, answer, inputs } = await fit(services, dataset);
  const [save, use] = [t('Save Head…'), t('Use This Head…')];
  const isWorse = answer.facts.heldOut.accuracyInterval.high < 0;
  const chosen = await vscode.window.showInformationMessage(
    verdictText(answer.facts),
    { modal: true, detail: detailText(answer.facts, [...leftOut(data), ...faultText(answer)]) },
    ...(isWorse ? [save] : [save, use]),
  );
  const file = chosen === undefined ? undefined : await saveHead(dataset, answer, inputs);
  if (file === undefined) {
    return;
  }
  if (chosen === use) {
    await useHead(file);
    return;
  }
  const saved = t('Saved {0}.', path.basename(file));
  if ((await vscode.window.showInformationMessage(saved, ...(isWorse ? [] : [use]))) === use) {
    await useHead(file);
  }
}

async function fit({ engine }: Services, dataset: string): Promise<Fitted> {
  const { mediaRoot, journalFolder, person, score: options } = datasetSettings(dataset);
  const mapped = await mappedFor(dataset);
  const journal = await findJournal(dataset, journalFolder, mapped);
  const title = t('Fitting a head to the verdicts of {0}', person);
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (notification, token) => {
      const signal = toSignal(token);
      const source = { path: dataset, mediaRoot, journal, mapped, people: [person] };
      const data = await readHeadPairs([source], options, signal);
      requireEnough(data.prompts);
      let shown = 0;
      const answer = await engine.fitHead(
        { prompts: data.prompts, settings: DEFAULT_LEARN_SETTINGS },
        ({ done, total = done }) => {
          const percent = total === 0 ? 0 : (100 * done) / total;
          notification.report({
            increment: percent - shown,
            message:
              done < total
                ? t('{0} of {1} samples', done, total)
                : t('comparing it with the published head'),
          });
          shown = percent;
        },
        signal,
      );
      return { data, answer, inputs: [dataset, journal] };
    },
  );
}

/** Counted before anything is computed: fewer give an interval that says nothing. */
function requireEnough(prompts: readonly PromptPairs[]): void {
  const pairs = prompts.reduce((sum, own) => sum + own.pairs.length, 0);
  const different = new Set(prompts.map(({ prompt }) => prompt)).size;
  const { folds } = DEFAULT_LEARN_SETTINGS;
  if (pairs < MIN_PAIRS) {
    throw new AppError('TOO_FEW_PAIRS', `${pairs} of ${MIN_PAIRS} pairs`, {
      ...{ count: pairs, needed: MIN_PAIRS, of: 'pairs' },
    });
  }
  if (different < folds) {
    throw new AppError('TOO_FEW_PAIRS', `pairs of ${different} prompts, of ${folds}`, {
      ...{ count: different, needed: folds, of: 'prompts' },
    });
  }
}

function verdictText({ heldOut: { accuracyInterval } }: HeadFacts): string {
  return accuracyInterval.low > 0
    ? t('The fitted head agrees more often with your verdicts.')
    : accuracyInterval.high < 0
      ? t('The fitted head agrees less often with your verdicts than the published one.')
      : t('No gain is shown: the interval includes 0.');
}

function detailText({ fit: { folds }, heldOut }: HeadFacts, remarks: readonly string[]): string {
  const { pairs, samples, publishedAccuracy, fittedAccuracy } = heldOut;
  return [
    t('{0} pairs of {1} prompts, each held out once in {2} parts.', pairs, samples, folds),
    t('Published head: agrees with {0} of them.', percentText(publishedAccuracy)),
    t('Fitted head: agrees with {0}.', percentText(fittedAccuracy)),
    gainText(heldOut),
    ...remarks,
  ].join('\n');
}

function leftOut({ accepted, stale, faults }: HeadData): readonly string[] {
  return [
    ...(accepted === 0
      ? []
      : [t('Left out: {0} pairs of accepted orders of the model; they are no votes.', accepted)]),
    ...(stale === 0 ? [] : [t('Left out: {0} verdicts whose sample has changed.', stale)]),
    ...(faults.length === 0 ? [] : [t('Not read: {0} lines.', faults.length)]),
  ];
}

function faultText({ faults }: FitHeadAnswer): readonly string[] {
  return faults.length === 0
    ? []
    : [t('Left out: {0} samples or answers that the model could not read.', faults.length)];
}
