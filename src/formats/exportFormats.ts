// All export formats by name.

import { ixc } from './exports/ixc';
import { llamaFactoryAlpaca } from './exports/llamaFactoryAlpaca';
import { llamaFactorySharegpt } from './exports/llamaFactorySharegpt';
import { llamaFactoryV1 } from './exports/llamaFactoryV1';
import { mmRlhf } from './exports/mmRlhf';
import { msSwift } from './exports/msSwift';
import { msSwiftKto } from './exports/msSwiftKto';
import { openrlhf } from './exports/openrlhf';
import type { PairFormat } from './exports/pairFormat';
import { rewardlens } from './exports/rewardlens';
import { rlaifV } from './exports/rlaifV';
import { trl } from './exports/trl';
import { trlKto } from './exports/trlKto';
import { trlReward } from './exports/trlReward';
import { trlStandard } from './exports/trlStandard';

export const EXPORT_FORMATS = [
  'rewardlens',
  'trl',
  'trl-standard',
  'trl-reward',
  'trl-kto',
  'llamafactory-alpaca',
  'llamafactory-sharegpt',
  'llamafactory-v1',
  'openrlhf',
  'ms-swift',
  'ms-swift-kto',
  'ixc',
  'rlaif-v',
  'mm-rlhf',
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const PAIR_FORMATS: Readonly<Record<ExportFormat, PairFormat>> = {
  rewardlens,
  trl,
  'trl-standard': trlStandard,
  'trl-reward': trlReward,
  'trl-kto': trlKto,
  'llamafactory-alpaca': llamaFactoryAlpaca,
  'llamafactory-sharegpt': llamaFactorySharegpt,
  'llamafactory-v1': llamaFactoryV1,
  openrlhf,
  'ms-swift': msSwift,
  'ms-swift-kto': msSwiftKto,
  ixc,
  'rlaif-v': rlaifV,
  'mm-rlhf': mmRlhf,
};
