import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder that looks like a user's project: it has `pipelines/`, and nothing else but what the test puts there. */
export interface Project {
  /** Absolute, without symbolic links. */
  readonly root: string;
  /** Absolute path of a file of the project. */
  path(file: string): string;
  read(file: string): string;
  /** Writes (or overwrites) a file, making its folders. */
  write(file: string, content: string | Uint8Array): void;
  /** Replaces `from`, which must be there exactly once, by `to` in a file. */
  edit(file: string, from: string, to: string): void;
}

const roots: string[] = [];

afterAll(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true, maxRetries: 3 });
});

/** Makes a project from files (path -> content); it is removed when the test file has finished. */
export function temporaryProject({
  files = {},
}: {
  readonly files?: { readonly [path: string]: string | Uint8Array };
}): Project {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'kshot-test-')));
  roots.push(root);
  mkdirSync(join(root, 'pipelines'));
  const project: Project = {
    root,
    path: (file) => join(root, file),
    read: (file) => readFileSync(join(root, file), 'utf8'),
    write(file, content) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), content);
    },
    edit(file, from, to) {
      const parts = project.read(file).split(from);
      if (parts.length !== 2) {
        throw new Error(`${file} holds ${JSON.stringify(from)} ${parts.length - 1} times, not once`);
      }
      project.write(file, parts.join(to));
    },
  };
  for (const [file, content] of Object.entries(files)) project.write(file, content);
  return project;
}
