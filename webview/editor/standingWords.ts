// Where a sample stands, as icon and words.

import type { Standing } from '../../src/sample/standing';
import { t } from '../words';

export function standingIcon(standing: Standing): string {
  switch (standing) {
    case 'todo':
      return 'circle-large';
    case 'reviewed':
      return 'check';
    case 'skipped':
      return 'debug-step-over';
    case 'differs':
      return 'arrow-swap';
    case 'stale':
      return 'history';
    case 'broken':
      return 'error';
    case 'noReward':
      return 'warning';
  }
}

export function standingWords(standing: Standing): string {
  switch (standing) {
    case 'todo':
      return t('Unreviewed');
    case 'reviewed':
      return t('Reviewed');
    case 'skipped':
      return t('Skipped');
    case 'differs':
      return t('You and the model differ');
    case 'stale':
      return t('Changed since you decided');
    case 'broken':
      return t('Can’t be read');
    case 'noReward':
      return t('No reward');
  }
}
