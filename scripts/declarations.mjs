// The types of what package.json exports, beside the modules: those of the session's door and of all that its types
// name, and no others. Types are checked by `npm run check`; here they are only written down, so that a build needs no
// optional package.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

const door = 'session/project';

/** Writes the `.d.ts` files into `output`, where the modules are. */
export async function writeDeclarations(root, output) {
  const folder = join(output, '.types');
  mkdirSync(folder, { recursive: true });
  try {
    const configuration = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        // The configuration is not where the packages are.
        typeRoots: [join(root, 'node_modules/@types')],
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        noCheck: true,
        rootDir: join(root, 'src'),
        outDir: folder,
      },
      files: [join(root, 'src', `${door}.ts`)],
      include: [],
    };
    const file = join(folder, 'tsconfig.json');
    writeFileSync(file, JSON.stringify(configuration));
    const compiler = join(
      dirname(createRequire(join(root, 'x')).resolve('typescript/package.json')),
      'bin/tsc',
    );
    await promisify(execFile)(process.execPath, [compiler, '-p', file]);
    for (const declaration of reachedFrom(join(folder, `${door}.d.ts`))) {
      const target = join(output, relative(folder, declaration));
      mkdirSync(dirname(target), { recursive: true });
      cpSync(declaration, target);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The file and those that it imports from, of ours. */
function reachedFrom(file, reached = new Set()) {
  if (reached.has(file)) return reached;
  reached.add(file);
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g);
  for (const [, specifier] of imports)
    reachedFrom(join(dirname(file), specifier.replace(/\.js$/, '.d.ts')), reached);
  return reached;
}
