// `npm run bench [name…]`: measurements. They print a table and write test-results/bench-<name>.json.
import fs from 'node:fs';
import path from 'node:path';
import { ensureBuild, ensureDependencies, onPinnedNode, ROOT } from '../harness/setup.mjs';

ensureDependencies();
if (onPinnedNode(import.meta.filename)) {
  ensureBuild();
  fs.mkdirSync(path.join(ROOT, 'test-results'), { recursive: true });
  const known = fs
    .readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => fs.existsSync(path.join(import.meta.dirname, entry.name, 'bench.mjs')))
    .map((entry) => entry.name);
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : known;
  for (const name of wanted) {
    const { bench } = await import(path.join(import.meta.dirname, name, 'bench.mjs'));
    const result = await bench();
    console.log(`\n${name}`);
    console.table(result.rows);
    fs.writeFileSync(
      path.join(ROOT, `test-results/bench-${name}.json`),
      `${JSON.stringify(result, null, 2)}\n`,
    );
  }
}
