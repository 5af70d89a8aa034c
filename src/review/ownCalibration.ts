// The temperature by the votes of the person who reviews, kept up to date line by line.

import type { Disposable } from '../base/disposable';
import { toPlaces } from '../sample/ranking';
import type { TemperatureFit } from '../sample/statistics';
import type { JudgedPair } from '../scoring/statistics/pairAgreement';
import { fitTemperature } from '../scoring/statistics/temperature';
import type { ReviewSession, SessionEvent } from './reviewSession';

/** Costs little for one verdict or reward more; the fit itself is made when it is asked for. */
export class OwnCalibration implements Disposable {
  readonly #byLine = new Map<number, readonly JudgedPair[]>();
  readonly #following: Disposable;
  #fit: TemperatureFit | undefined;

  constructor(readonly session: ReviewSession) {
    this.#following = session.onChange.on((event) => this.#follow(event));
    this.#readAll();
  }

  /** Accepted orders of the model are no votes, and tied answers form no pairs. */
  get fit(): TemperatureFit {
    this.#fit ??= fitTemperature([...this.#byLine.values()].flat());
    return this.#fit;
  }

  #follow(event: SessionEvent): void {
    if ('line' in event) {
      this.#read(event.line);
    } else {
      this.#readAll();
    }
  }

  #readAll(): void {
    this.#byLine.clear();
    this.#fit = undefined;
    for (const line of this.session.knownLines()) {
      this.#read(line);
    }
  }

  #read(line: number): void {
    const pairs = pairsOn(this.session, line);
    if (pairs.length > 0 || this.#byLine.delete(line)) {
      this.#fit = undefined;
    }
    if (pairs.length > 0) {
      this.#byLine.set(line, pairs);
    }
  }

  dispose(): void {
    this.#following.dispose();
  }
}

function pairsOn(session: ReviewSession, line: number): readonly JudgedPair[] {
  const { verdict, rewards } = session.knownOn(line);
  const { decision, stale } = verdict;
  if (rewards === undefined || stale || decision?.kind !== 'rank' || decision.accepted) {
    return [];
  }
  const places = toPlaces(decision.ranks, rewards.length);
  const known = rewards.flatMap((reward, n) => {
    const place = places[n] ?? 0;
    return reward === null || place === 0 ? [] : [{ reward, place }];
  });
  return known.flatMap((own, n) =>
    known.slice(n + 1).flatMap((other): JudgedPair[] => {
      const sign = Math.sign(other.place - own.place);
      return sign === 0 ? [] : [{ sample: line, margin: sign * (own.reward - other.reward) }];
    }),
  );
}
