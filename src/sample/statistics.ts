// What is computed from verdicts and rewards, as plain values: the results of src/scoring/statistics,
// and all of them together for one dataset.

/** A 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface PairAgreement {
  /** from 0 to 1; chance is 0.5 */
  readonly value: number;
  readonly interval: Interval;
  readonly pairs: number;
  readonly samples: number;
  /** pairs in which the model gives both the same; each counts half */
  readonly modelTies: number;
}

export interface TopAgreement {
  /** mean of the hits, from 0 to 1 */
  readonly value: number;
  readonly interval: Interval;
  /** mean of what chance would give */
  readonly chance: number;
  readonly verdicts: number;
  readonly samples: number;
}

export type TemperatureFit =
  | {
      readonly state: 'fitted';
      /** in units of rewards */
      readonly temperature: number;
      readonly low: number;
      /** `undefined`: no temperature is too high; margins may say nothing */
      readonly high: number | undefined;
      readonly pairs: number;
      readonly samples: number;
      /** mean log-likelihood of a pair, natural logarithm: raw, and with the temperature */
      readonly rawLogLikelihood: number;
      readonly logLikelihood: number;
    }
  | {
      readonly state: 'notIdentified';
      /**
       * `noPairs`: none with a margin; `separable`: every choice follows the reward, so that the
       * likelihood grows without end as T goes to 0; `reversed`: higher rewards are not chosen more
       * often, so that no positive T is best
       */
      readonly reason: 'noPairs' | 'separable' | 'reversed';
      readonly pairs: number;
    };

/** Pairs with about the same margin. */
export interface ReliabilityBin {
  /** smallest and largest margin, whatever its sign, in units of rewards */
  readonly margins: Interval;
  /** mean of sigmoid(margin): chance that the higher reward is chosen, as the raw reward has it */
  readonly raw: number;
  /** the same with margins divided by the temperature; `undefined` without one */
  readonly scaled: number | undefined;
  /** share of pairs in which the person chose the higher reward; equal rewards count half */
  readonly agreed: number;
  /** Wilson's, over pairs */
  readonly interval: Interval;
  readonly pairs: number;
}

export interface Correlation {
  /** from −1 to 1 */
  readonly value: number;
  /** bootstrap over samples; `undefined` with too few of them */
  readonly interval: Interval | undefined;
  readonly answers: number;
}

export interface BestOfNPoint {
  readonly n: number;
  /** mean over samples of the best of `n` less one at random, in units of rewards */
  readonly gain: number;
  /** bootstrap over samples; `undefined` with fewer than two */
  readonly interval: Interval | undefined;
  /** the same choice, counted in length-controlled rewards */
  readonly controlledGain: number;
  readonly samples: number;
}

export interface SourceHistogram {
  readonly source: string;
  /** answers in each bin of {@link RewardHistograms} */
  readonly counts: readonly number[];
  readonly answers: number;
  readonly median: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
  readonly min: number;
  readonly max: number;
}

export interface RewardHistograms {
  /** edges of the bins, one more than there are bins; a reward on an edge counts above it */
  readonly edges: readonly number[];
  /** most answers first */
  readonly sources: readonly SourceHistogram[];
}

/**
 * Why a source has no finite rating. `alwaysWins`, `alwaysLoses`: against the rated ones, as far as
 * they were compared; `separable`: some order of the sources explains every choice; `notCompared`:
 * nothing leads from it to the rated ones.
 */
export type UnratedReason = 'alwaysWins' | 'alwaysLoses' | 'separable' | 'notCompared';

export interface RatedSource {
  readonly source: string;
  /** 1000 is the mean of the rated; 400 more are odds of ten to one, as in Elo's ratings */
  readonly rating: number;
  readonly interval: Interval;
  readonly comparisons: number;
  /** to the next one below; `undefined` for the last */
  readonly lead?: Lead;
}

/** By how much a source stands above another one. */
export interface Lead {
  readonly points: number;
  readonly interval: Interval;
  /** more pairs of just these two that would settle which is better; 0 when it is settled */
  readonly morePairs: number;
}

export interface SourceLeague {
  /** best first */
  readonly rated: readonly RatedSource[];
  readonly unrated: readonly { readonly source: string; readonly reason: UnratedReason }[];
  /** pairs of answers of different sources */
  readonly comparisons: number;
}

/** Whose judgements of which samples. */
export interface StatisticsSelection {
  /** names; absent: everybody's */
  readonly people?: readonly string[] | undefined;
  /** absent: all, also samples without one */
  readonly domains?: readonly string[] | undefined;
  /** verdicts that were made without seeing sources and rewards */
  readonly blindOnly?: boolean | undefined;
}

/** What the numbers rest on. */
export interface StatisticsFacts {
  /** rows of the dataset */
  readonly samples: number;
  /** of the selection, with a verdict that counts; each sample once */
  readonly reviewed: number;
  /** the selected people with theirs, the person who reviews first */
  readonly people: readonly { readonly name: string; readonly reviewed: number }[];
  /** verdicts without pairs: "all bad", and all answers in one place */
  readonly allBad: number;
  readonly allTied: number;
  /** pairs of answers that a person put in one place */
  readonly tiedPairs: number;
  /** verdicts on samples that say something else by now; they count for nothing */
  readonly stale: number;
  /** of the selection, with a reward for at least one answer */
  readonly scored: number;
  /** verdicts on samples that lack a reward that is needed */
  readonly unscored: number;
  /** time of the newest verdict, ISO 8601 */
  readonly upTo: string | undefined;
}

/** A mean over verdicts. */
export interface VerdictMean {
  readonly value: number;
  /** bootstrap over samples */
  readonly interval: Interval | undefined;
  readonly verdicts: number;
  readonly samples: number;
}

/** Two people who judged the same answers. */
export interface PeopleAgreement {
  readonly first: string;
  readonly second: string;
  /** Cohen's κ over pairs of answers: better, tied, worse; `undefined` where chance alone agrees */
  readonly kappa: number | undefined;
  readonly interval: Interval | undefined;
  readonly pairs: number;
  readonly samples: number;
}

/** The model against people, and people against each other. */
export interface AgreementStatistics {
  /** of own votes; accepted orders of the model are apart */
  readonly votes: PairAgreement | undefined;
  readonly blind: PairAgreement | undefined;
  readonly accepted: PairAgreement | undefined;
  readonly top: TopAgreement | undefined;
  /** mean of Kendall's τ-b within samples */
  readonly tau: VerdictMean | undefined;
  readonly people: readonly PeopleAgreement[];
}

/** One answer as a point of the figure of reward and length. */
export interface LengthPoint {
  readonly tokens: number;
  readonly reward: number;
  readonly controlled: number;
  /** it has headings, lists or bold text */
  readonly marked: boolean;
}

export interface LengthStatistics {
  /** some of the answers, evenly chosen, so that they can be drawn */
  readonly points: readonly LengthPoint[];
  readonly line: readonly { readonly length: number; readonly reward: number }[];
  /** share of the answers that each part of the line rests on */
  readonly span: number;
  /** all answers with a reward and a length */
  readonly answers: number;
  readonly samples: number;
  /** Spearman's ρ of reward and tokens */
  readonly all: Correlation;
  /** the same of differences within samples */
  readonly within: Correlation | undefined;
  /** of length-controlled reward and tokens */
  readonly controlled: Correlation | undefined;
  /** of reward and marks of markdown */
  readonly marks: Correlation | undefined;
}

/** All that is computed of one dataset. */
export interface DatasetStatistics {
  readonly selection: StatisticsSelection;
  /** to choose from */
  readonly people: readonly string[];
  readonly domains: readonly string[];
  /** who reviews */
  readonly person: string;
  readonly facts: StatisticsFacts;
  /** smaller margins count as ties; 0 where a device has no noise, or is not known yet */
  readonly noiseFloor: number;
  readonly agreement: AgreementStatistics;
  readonly temperature: TemperatureFit;
  readonly reliability: readonly ReliabilityBin[];
  /** `undefined` without rewards */
  readonly histograms: RewardHistograms | undefined;
  /** `undefined` with fewer than two answers, or where neither length nor reward varies */
  readonly length: LengthStatistics | undefined;
  readonly bestOfN: readonly BestOfNPoint[];
  readonly league: SourceLeague;
}

/** Fewer pairs show no share and no temperature: their intervals say next to nothing. */
export const MIN_PAIRS = 30;
