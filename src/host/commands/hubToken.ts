// The access token of the Hugging Face hub, in VS Code's secret storage.

import * as vscode from 'vscode';

const { t } = vscode.l10n;
const KEY = 'rewardlens.hubToken';

/** The token that is kept, or that the environment has for the hub's own tools. */
export async function hubToken({ secrets }: vscode.ExtensionContext): Promise<string | undefined> {
  const kept = (await secrets.get(KEY)) ?? process.env.HF_TOKEN;
  return kept === '' ? undefined : kept;
}

/** Asks for a token and keeps it; an empty answer forgets it. */
export async function askHubToken({ secrets }: vscode.ExtensionContext): Promise<void> {
  const token = await vscode.window.showInputBox({
    title: t('Access Token of the Hugging Face Hub'),
    prompt: t('Starts with hf_. Empty: forget the token.'),
    password: true,
    ignoreFocusOut: true,
  });
  if (token === undefined) {
    return;
  }
  await (token.trim() === '' ? secrets.delete(KEY) : secrets.store(KEY, token.trim()));
}
