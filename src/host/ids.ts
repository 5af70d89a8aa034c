// Every name that package.json and the code share. A test compares the two.

export const VIEW_TYPE = 'rewardlens.review';
export const SIDE_PANEL = 'rewardlens.sidePanel';

export const COMMANDS = {
  openReview: 'rewardlens.openReview',
  scoreCandidates: 'rewardlens.scoreCandidates',
  exportPairs: 'rewardlens.exportPairs',
  showLog: 'rewardlens.showLog',
  reviewMedia: 'rewardlens.reviewMedia',
  openSamples: 'rewardlens.openSamples',
  pinPanel: 'rewardlens.pinPanel',
  unpinPanel: 'rewardlens.unpinPanel',
} as const;

/** Context key: the side panel stays on its picture. */
export const CONTEXT_PINNED = 'rewardlens.panelPinned';

export const SECTION = 'rewardlens';

export const SETTINGS = {
  modelFolder: 'model.folder',
  scoreOnOpen: 'scoring.scoreOnOpen',
  compat: 'scoring.compat',
  hdNum: 'scoring.hdNum',
  maxLength: 'scoring.maxLength',
  mediaRoot: 'media.root',
  person: 'review.person',
  journalFolder: 'review.journalFolder',
  keys: 'review.keys',
  idleMinutes: 'engine.idleMinutes',
} as const;

/** Ends the names of candidate files. */
export const CANDIDATE_SUFFIX = '.candidates.jsonl';
