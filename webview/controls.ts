// The controls of the webview toolkit that are used, registered in one place.

import {
  provideVSCodeDesignSystem,
  vsCodeBadge,
  vsCodeButton,
  vsCodeProgressRing,
  vsCodeTextArea,
} from '@vscode/webview-ui-toolkit';

/** Defines `vscode-button`, `vscode-text-area`, `vscode-badge` and `vscode-progress-ring`. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeTextArea(),
    vsCodeBadge(),
    vsCodeProgressRing(),
  );
}
