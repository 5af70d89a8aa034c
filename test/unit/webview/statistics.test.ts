// The statistics page without a page: numbers, tables, words.

import { expect, test } from 'vitest';
import { toCsv } from '../../../webview/statistics/csv';
import {
  decimals,
  intervalText,
  percentInterval,
  shareText,
  signed,
} from '../../../webview/statistics/numbers';
import { chanceText } from '../../../webview/words';

const NBSP = '\u00a0';

test('numbers: a true minus, no signed zero', () => {
  expect([decimals(-0.004, 2), decimals(-1.256, 2), decimals(2, 0)]).toEqual([
    '0.00',
    '\u22121.26',
    '2',
  ]);
  expect([signed(0.456), signed(-0.456), signed(0.001)]).toEqual(['+0.46', '\u22120.46', '0.00']);
});

test('intervals: a dash, or “to” beside a minus', () => {
  expect(intervalText({ low: 0.681, high: 0.745 })).toBe('0.68–0.74');
  expect(intervalText({ low: -0.1, high: 0.25 })).toBe('\u22120.10 to 0.25');
  expect(intervalText(undefined)).toBe('–');
  expect(percentInterval({ low: 0.6812, high: 0.745 })).toBe('68.1–74.5');
});

test('chances are never 0 or 100, counted shares may be', () => {
  expect([0.001, 0.63, 0.994, 0.9999].map(chanceText)).toEqual(
    ['< 1 %', '63 %', '99 %', '> 99 %'].map((text) => text.replaceAll(' ', NBSP)),
  );
  expect([shareText(0), shareText(1)]).toEqual([`0${NBSP}%`, `100${NBSP}%`]);
});

test('CSV: all digits, quotes doubled, no formulas', () => {
  const table = {
    columns: [{ title: 'Source' }, { title: 'Value, mean', format: () => 'rounded' }],
    rows: [
      ['a "b", c', 0.123456789],
      ['=SUM(A1)', undefined],
      ['-model', -2],
    ],
  };
  expect(toCsv(table)).toBe(
    ['Source,"Value, mean"', '"a ""b"", c",0.123456789', "'=SUM(A1),", "'-model,-2", ''].join(
      '\r\n',
    ),
  );
});
