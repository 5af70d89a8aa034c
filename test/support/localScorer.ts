// A scorer without an engine: prepares samples where it runs them.

import type { RewardModel } from '../../src/model/rewardModel';
import type { FeatureCache } from '../../src/scoring/featureCache';
import { ModelScorer } from '../../src/scoring/modelScorer';
import { prepareSample } from '../../src/scoring/prepareSample';
import { videoReader } from './videos';

export function localScorer(model: RewardModel, features?: FeatureCache): ModelScorer {
  const source = { videos: videoReader(), identity: model.manifest.fingerprint, features };
  return new ModelScorer(
    model,
    (request, signal) => prepareSample(model, request, source, signal),
    features,
  );
}
