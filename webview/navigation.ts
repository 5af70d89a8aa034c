// Which sample is shown: rows of the editor, sections of the panel, and the way between them.

import type {
  ProgressView,
  RowView,
  SampleView,
  SectionView,
  Surface,
} from '../src/protocol/reviewProtocol';
import type { QueuePlaces } from './queuePlaces';
import type { Request, Requests } from './requests';
import type { Then } from './saving';
import { Upcoming, type Target } from './upcoming';
import { t } from './words';

/** What navigation needs of the page around it. */
export interface NavigationPage {
  readonly surface: Surface;
  readonly rowCount: number;
  readonly queue: QueuePlaces;
  readonly progress: ProgressView;
  readonly sections: readonly SectionView[];
  readonly sample: SampleView | undefined;
  readonly broken: { readonly row: RowView } | undefined;
  say(text: string): void;
  /** says at once, whatever is being said */
  alert(text: string): void;
  /** redraws */
  changed(): void;
}

export class Navigation {
  /** keys may be faster than the host */
  readonly upcoming: Upcoming;

  /** @param isHeldUp something else will show another sample, and it is not known yet which */
  constructor(
    readonly page: NavigationPage,
    readonly requests: Requests,
    isHeldUp: () => boolean,
  ) {
    this.upcoming = new Upcoming(isHeldUp);
  }

  /** The row that is shown, or about to be. */
  get currentRow(): number {
    const { sample, broken } = this.page;
    return this.upcoming.target?.row ?? sample?.row ?? broken?.row.row ?? 0;
  }

  /** The row so many places further on in the queue. */
  rowFurther(step: number): number | undefined {
    return this.page.queue.rowAt(this.#place + step);
  }

  /** A row was chosen in the queue. */
  chooseRow(row: number, takeFocus: boolean): void {
    this.upcoming.drop(); // keys were meant for another one
    this.#openRow(row, takeFocus);
  }

  #openRow(row: number, takeFocus = true): void {
    if (row >= 0 && row < this.page.rowCount) {
      this.#ask({ row }, { type: 'openRow', row, takeFocus });
    }
  }

  /** A section was chosen by its head. */
  chooseSection(key: string): void {
    this.upcoming.drop();
    this.#openSection(key, false);
  }

  #openSection(key: string, takeFocus: boolean): void {
    this.#ask({ key }, { type: 'openSection', key, takeFocus });
  }

  /** Asks the host to show something; keys wait for that. */
  #ask(target: Target, request: Request): void {
    this.upcoming.expect(target);
    this.requests.ask(request, (refusal) => {
      this.upcoming.end(target);
      if (refusal !== undefined) {
        this.upcoming.drop();
        this.page.alert(refusal.text);
      }
      this.upcoming.run();
    });
    this.page.changed();
  }

  next(): void {
    if (this.page.surface === 'panel') {
      this.#openSectionAt(this.#section + 1);
    } else if (this.#isLast) {
      this.page.say(this.#lastWords());
    } else {
      this.#openPlace(this.#place + 1);
    }
  }

  /** Where in the queue the row is that is shown; -1 when it is not there. */
  get #place(): number {
    return this.page.queue.placeOf(this.currentRow);
  }

  #openPlace(place: number): void {
    const row = this.page.queue.rowAt(place);
    if (row !== undefined) {
      this.#openRow(row);
    }
  }

  previous(): void {
    if (this.page.surface === 'panel') {
      this.#openSectionAt(this.#section - 1);
    } else {
      this.#openPlace(this.#place - 1);
    }
  }

  nextUnreviewed(): void {
    if (this.page.surface === 'editor') {
      this.#ask({}, { type: 'nextUnreviewed', after: this.currentRow });
    } else if (!this.#openUndecided()) {
      this.page.say(t('Every other sample here is reviewed.'));
    }
  }

  /** After a decision: the next sample, unless the person has chosen another one. */
  goOn(): void {
    if (this.upcoming.target !== undefined) {
      return;
    }
    if (this.page.surface === 'editor') {
      this.next();
    } else {
      this.#openUndecided();
    }
  }

  /** Says that something is saved, and goes on if that is wanted. */
  saved(then: Then): void {
    const goOn = then === 'next';
    const lastWords = goOn && this.#isLast ? ` ${this.#lastWords()}` : '';
    if (goOn) {
      this.goOn();
    }
    this.page.say(
      this.upcoming.target?.row === undefined
        ? (then === 'reveal'
            ? t('Saved. Sources and rewards are shown; Enter goes on.')
            : t('Saved.')) + lastWords
        : t('Saved. Sample {0} of {1}.', this.#place + 1, this.page.queue.count),
    );
  }

  get #isLast(): boolean {
    const { surface, queue } = this.page;
    return surface === 'editor' && this.#place + 1 >= queue.count;
  }

  #lastWords(): string {
    const { skipped, flagged } = this.page.progress;
    return t('That was the last one. {0} skipped · {1} flagged', skipped, flagged);
  }

  /** Place of the section that is open, or about to be; -1 when there is none. */
  get #section(): number {
    const key = this.upcoming.target?.key ?? this.page.sample?.key;
    return this.page.sections.findIndex((section) => section.key === key);
  }

  #openSectionAt(at: number): void {
    const section = this.page.sections[at];
    if (section !== undefined) {
      this.#openSection(section.key, true);
    }
  }

  /**
   * The next section without a decision, from the start again after the last one.
   * @returns false when there is none
   */
  #openUndecided(): boolean {
    const { sections } = this.page;
    const at = this.#section;
    const others = [...sections.slice(at + 1), ...sections.slice(0, Math.max(0, at))];
    const open = others.find((section) => !section.decided);
    if (open !== undefined) {
      this.#openSection(open.key, true);
    }
    return open !== undefined;
  }
}
