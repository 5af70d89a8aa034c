// The pages of webviews: one script, one style sheet, a strict content policy.

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Surface } from '../../protocol/reviewProtocol';

/** What is shown: the places of the review, which share a script, or the statistics. */
export type PageName = Surface | 'statistics';

/** Sets options and page of a webview. @param mediaRoots folders whose pictures may be shown */
export function loadPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  surface: PageName,
  mediaRoots: readonly vscode.Uri[],
): void {
  const dist = vscode.Uri.joinPath(extensionUri, 'dist');
  webview.options = { enableScripts: true, localResourceRoots: [dist, ...mediaRoots] };
  webview.html = pageHtml(webview, dist, surface);
}

/** The loaded language bundle, by English text; empty for English. */
export function translations(): Record<string, string> {
  return vscode.l10n.bundle ?? {};
}

function pageHtml(webview: vscode.Webview, dist: vscode.Uri, surface: PageName): string {
  const bundle = surface === 'statistics' ? surface : 'webview';
  const nonce = randomBytes(16).toString('base64');
  const resource = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
  const { cspSource } = webview;
  // the nonce on styles is for the one element that the toolkit adds
  const policy = [
    "default-src 'none'",
    // frames of videos come as data; videos are fetched as a whole, so that seeking works
    `img-src ${cspSource} data:`,
    'media-src blob:',
    `connect-src ${cspSource}`,
    `font-src ${cspSource}`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!doctype html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width">
<title>RewardLens</title>
<link rel="stylesheet" href="${resource(`${bundle}.css`)}">
</head>
<body data-surface="${surface}">
<script type="module" nonce="${nonce}" src="${resource(`${bundle}.js`)}"></script>
</body>
</html>`;
}
