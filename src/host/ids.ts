// Every name that package.json and the code share. A test compares the two.

export const VIEW_TYPE = 'rewardlens.review';
/** The same editor for files that open elsewhere by themselves. */
export const OTHER_VIEW_TYPE = 'rewardlens.reviewOther';
export const SIDE_PANEL = 'rewardlens.sidePanel';
export const STATISTICS_VIEW_TYPE = 'rewardlens.statistics';

export const COMMANDS = {
  openReview: 'rewardlens.openReview',
  openWithMapping: 'rewardlens.openWithMapping',
  scoreCandidates: 'rewardlens.scoreCandidates',
  saveRewards: 'rewardlens.saveRewards',
  exportPairs: 'rewardlens.exportPairs',
  addCudaSupport: 'rewardlens.addCudaSupport',
  showLog: 'rewardlens.showLog',
  setUpModel: 'rewardlens.setUpModel',
  fitHead: 'rewardlens.fitHead',
  reviewMedia: 'rewardlens.reviewMedia',
  openSamples: 'rewardlens.openSamples',
  pinPanel: 'rewardlens.pinPanel',
  unpinPanel: 'rewardlens.unpinPanel',
  toggleBlind: 'rewardlens.toggleBlind',
  toggleShuffle: 'rewardlens.toggleShuffle',
  openStatistics: 'rewardlens.openStatistics',
} as const;

/** Context key: the side panel stays on its picture. */
export const CONTEXT_PINNED = 'rewardlens.panelPinned';

export const SECTION = 'rewardlens';

export const SETTINGS = {
  modelFolder: 'model.folder',
  headFile: 'model.headFile',
  scoreOnOpen: 'scoring.scoreOnOpen',
  compat: 'scoring.compat',
  hdNum: 'scoring.hdNum',
  maxLength: 'scoring.maxLength',
  frameLabels: 'scoring.frameLabels',
  mediaRoot: 'media.root',
  fetchMedia: 'media.fetch',
  columnMappings: 'dataset.columnMappings',
  person: 'review.person',
  journalFolder: 'review.journalFolder',
  keys: 'review.keys',
  readMarks: 'review.readMarks',
  afterBlind: 'review.afterBlindVerdict',
  device: 'engine.device',
  idleMinutes: 'engine.idleMinutes',
  cacheGigabytes: 'cache.gigabytes',
  ffmpegPath: 'video.ffmpegPath',
} as const;

/** Ends the names of candidate files. */
export const CANDIDATE_SUFFIX = '.candidates.jsonl';

/** What an image file is called, for menus and the side panel; scoring looks at the content. */
export const MEDIA_NAME =
  /\.(png|apng|jpe?g|jfif|gif|webp|bmp|ico|tiff?|avif|mp4|m4v|mov|mkv|webm|avi|wmv)$/i;

/** Those of them that are videos. */
export const VIDEO_NAME = /\.(mp4|m4v|mov|mkv|webm|avi|wmv)$/i;
