// The page that both webviews load: one script, one style sheet, a strict content policy.

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Surface } from '../../protocol/reviewProtocol';

/** Sets options and page of a webview. @param mediaRoots folders whose pictures may be shown */
export function loadPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  surface: Surface,
  mediaRoots: readonly vscode.Uri[],
): void {
  const dist = vscode.Uri.joinPath(extensionUri, 'dist');
  webview.options = { enableScripts: true, localResourceRoots: [dist, ...mediaRoots] };
  webview.html = pageHtml(webview, dist, surface);
}

function pageHtml(webview: vscode.Webview, dist: vscode.Uri, surface: Surface): string {
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
<link rel="stylesheet" href="${resource('webview.css')}">
</head>
<body data-surface="${surface}">
<script type="module" nonce="${nonce}" src="${resource('webview.js')}"></script>
</body>
</html>`;
}
