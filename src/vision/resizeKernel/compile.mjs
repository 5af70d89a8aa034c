// `npm run build:kernel`: compiles assembly/index.ts and writes it down in kernelBytes.ts. With `--print`
// it prints the text instead.
import fs from 'node:fs';
import path from 'node:path';
import asc from 'assemblyscript/asc';

const FOLDER = import.meta.dirname;
const SOURCE = 'assembly/index.ts';
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];

/** @returns {Promise<string>} the text of kernelBytes.ts */
async function compileKernel() {
  let bytes;
  const { error, stderr } = await asc.main([SOURCE, ...OPTIONS, '--outFile', 'kernel.wasm'], {
    readFile: (name) => (name === SOURCE ? fs.readFileSync(path.join(FOLDER, name), 'utf8') : null),
    writeFile: (_name, contents) => (bytes = contents),
    listFiles: () => [],
  });
  if (error !== null) {
    throw new Error(stderr.toString(), { cause: error });
  }
  const lines = [
    '// Made by `npm run build:kernel` from assembly/index.ts.',
    '',
    '/** The WebAssembly module in base64. */',
    'export const KERNEL_BASE64 =',
    `  '${Buffer.from(bytes).toString('base64')}';`,
  ];
  return `${lines.join('\n')}\n`;
}

const text = await compileKernel();
if (process.argv.includes('--print')) {
  process.stdout.write(text);
} else {
  fs.writeFileSync(path.join(FOLDER, 'kernelBytes.ts'), text);
}
