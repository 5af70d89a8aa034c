// State of the statistics page.

import type { ToStatistics } from '../../src/protocol/statisticsProtocol';
import type { DatasetStatistics, StatisticsSelection } from '../../src/sample/statistics';
import { post } from '../vscodeApi';
import { setLanguage } from '../words';

/** Fires `change` when anything in it is another. */
export class StatisticsStore extends EventTarget {
  name = '';
  /** whose rewards they are */
  model = '';
  /** marks rewards of a stand-in */
  label: string | undefined;
  /** the last result; it stays while another one is computed */
  statistics: DatasetStatistics | undefined;
  computing = false;
  /** why there is nothing new */
  fault: string | undefined;
  /** for the live region */
  said = '';

  receive(message: ToStatistics): void {
    switch (message.type) {
      case 'init':
        setLanguage(message.language, message.strings);
        break;
      case 'computing':
        this.computing = true;
        break;
      case 'statistics':
        this.name = message.name;
        this.model = message.model;
        this.label = message.label;
        this.statistics = message.statistics;
        this.computing = false;
        this.fault = undefined;
        break;
      case 'fault':
        this.name = message.name;
        this.fault = message.text;
        this.computing = false;
        break;
      case 'say':
        this.said = message.text;
        break;
    }
    this.#changed();
  }

  select(change: StatisticsSelection): void {
    post({ type: 'select', selection: selectionOf({ ...this.statistics?.selection, ...change }) });
  }

  say(text: string): void {
    this.said = text;
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}

/** As messages have it. */
function selectionOf({ people, domains, blindOnly }: StatisticsSelection) {
  return {
    ...(people === undefined ? {} : { people: [...people] }),
    ...(domains === undefined ? {} : { domains: [...domains] }),
    ...(blindOnly === undefined ? {} : { blindOnly }),
  };
}

export const store = new StatisticsStore();
