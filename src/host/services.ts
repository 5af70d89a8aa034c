// What the parts of the shell share: made once, in extension.ts.

import type * as vscode from 'vscode';
import type { Drafts } from './drafts';
import type { EngineService } from './engineService';
import type { Log } from './log';
import type { MediaIndex } from './mediaIndex';
import type { Notices } from './notices';
import type { Presentations } from './presentations';
import type { Sessions } from './sessions';

export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: Log;
  readonly engine: EngineService;
  readonly drafts: Drafts;
  readonly presentations: Presentations;
  readonly sessions: Sessions;
  readonly notices: Notices;
  readonly mediaIndex: MediaIndex;
}
