// Charts by Observable Plot under a content policy without inline styles.

import { plot, type PlotOptions } from '@observablehq/plot';

/** Colours of the theme. Series differ by mark and dash before they differ by these. */
export const COLORS = {
  first: 'var(--vscode-charts-blue)',
  // orange is too dark for marks in VS Code's own dark theme
  second: 'var(--vscode-charts-yellow)',
  third: 'var(--vscode-charts-purple)',
  page: 'var(--vscode-editor-background)',
  text: 'currentColor',
  dim: 'var(--vscode-descriptionForeground)',
  line: 'var(--vscode-charts-foreground, currentColor)',
} as const;

/**
 * Draws a chart. Plot puts a style element into it, which the policy would refuse: its rules are in
 * styles/statistics.css instead, and it is taken out before the chart comes into the page. What Plot
 * sets through `element.style` is no inline style to the policy.
 */
export function chart(options: PlotOptions): SVGSVGElement {
  const drawn = plot({
    ...options,
    className: 'chart',
    style: { background: 'none', color: 'inherit', fontFamily: 'inherit', fontSize: '12px' },
  });
  if (!(drawn instanceof SVGSVGElement)) {
    throw new TypeError('a chart without legends is one picture');
  }
  for (const style of drawn.querySelectorAll('style')) {
    style.remove();
  }
  return drawn;
}
