import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export interface EditedBuild {
  /** Absolute path of the build's `dist/cli/main.js`. */
  readonly main: string;
  /** Appends text to a source file (`src/...`). */
  append(file: string, text: string): void;
  /** Replaces a text in each source file, which must be there. */
  replace(edits: { readonly [file: string]: readonly [text: string, other: string] }): void;
  /** Puts every edited source file back as it is in the checkout; the build stays as it is. */
  restore(): void;
  /** Builds from the sources as they are now. */
  rebuild(): void;
}

/** A copy of kshot's own sources that a test may edit and build, to see what an edit of the code re-runs. */
export function editedBuild(): EditedBuild {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kshot-build-')));
  folders.push(folder);
  for (const name of ['src', 'scripts', 'python', 'package.json', 'package-lock.json', 'tsconfig.json']) {
    cpSync(join(checkout, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  const rebuild = () => {
    execFileSync(process.execPath, [join(folder, 'scripts/build.mjs'), '--without-types'], { stdio: 'pipe' });
  };
  const edited = new Set<string>();
  const write = (file: string, text: string) => {
    edited.add(file);
    writeFileSync(join(folder, file), text);
  };
  rebuild();
  return {
    main: join(folder, 'dist/cli/main.js'),
    append(file, text) {
      write(file, `${readFileSync(join(folder, file), 'utf8')}\n${text}\n`);
    },
    replace(edits) {
      for (const [file, [text, other]] of Object.entries(edits)) {
        const before = readFileSync(join(folder, file), 'utf8');
        if (!before.includes(text)) throw new Error(`${file} does not hold ${text}`);
        write(file, before.replace(text, other));
      }
    },
    restore() {
      for (const file of edited) cpSync(join(checkout, file), join(folder, file));
      edited.clear();
    },
    rebuild,
  };
}
