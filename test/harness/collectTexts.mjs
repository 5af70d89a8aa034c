// `npm run l10n`: every text that the extension shows, into l10n/bundle.l10n.json for translators.
// (The usual collector does not see `t` when it was taken out of `vscode.l10n`, nor that of our pages.)
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { ROOT } from './setup.mjs';

const ROOMS = ['src', 'webview'];

/** @returns {string[]} texts given to `t(…)`, each once, sorted; @throws Error for one that is not a literal */
export function collectTexts() {
  const texts = ROOMS.flatMap((room) =>
    fs
      .globSync('**/*.ts', { cwd: path.join(ROOT, room) })
      .flatMap((name) => textsIn(path.join(ROOT, room, name))),
  );
  return [...new Set(texts)].sort();
}

function textsIn(file) {
  const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const found = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && isTranslation(node.expression)) {
      const [text] = node.arguments;
      if (text === undefined || !ts.isStringLiteralLike(text)) {
        throw new Error(`${file}: a text for t() must stand there itself, to be translated`);
      }
      found.push(text.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `t` and `vscode.l10n.t` */
function isTranslation(callee) {
  return ts.isIdentifier(callee)
    ? callee.text === 't'
    : ts.isPropertyAccessExpression(callee) &&
        callee.name.text === 't' &&
        ts.isPropertyAccessExpression(callee.expression) &&
        callee.expression.name.text === 'l10n';
}

if (process.argv[1] === import.meta.filename) {
  const texts = collectTexts();
  const file = path.join(ROOT, 'l10n/bundle.l10n.json');
  const entries = Object.fromEntries(texts.map((text) => [text, text]));
  fs.writeFileSync(file, `${JSON.stringify(entries, null, 2)}\n`);
  console.log(`${texts.length} texts in ${path.relative(ROOT, file)}`);
}
