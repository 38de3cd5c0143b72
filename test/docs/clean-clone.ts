import { spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Project, temporaryProject } from '../support/temporary-project.js';

export const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** What a clone has after `npm ci`; node_modules is a link. */
const cloned = [
  'README.md',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'dist',
  'docs',
  'pipelines',
  'python',
  'schemas',
  'scripts',
  'src',
  'cache/README.md',
  'artifacts/README.md',
];

/**
 * A project as a new user has it after `npm ci`, gone when the test file has finished. No command of a document can
 * reach the checkout's own packages: node_modules is a folder of its own that holds a link for each package, and the
 * only `npm` that a document finds runs scripts and refuses all else.
 */
export function cleanClone(): Project {
  const project = temporaryProject({});
  for (const name of cloned) cpSync(join(checkout, name), project.path(name), { recursive: true });
  linkPackages(join(checkout, 'node_modules'), project.path('node_modules'));
  const standIn = (name: string, script: string) => {
    project.write(`.shim/${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(project.path(`.shim/${name}`), 0o755);
  };
  // Without npm's own second.
  standIn(
    'npx',
    `[ "$1" = kshot ] || { echo "documents run npx kshot only" >&2; exit 97; }\nshift\nexec node "${project.root}/dist/cli/main.js" "$@"`,
  );
  standIn(
    'npm',
    `[ "$1" = run ] || { echo "documents may not npm $1 in a test" >&2; exit 97; }\nPATH="\${PATH#*:}" exec npm "$@"`,
  );
  return project;
}

/** A link for each package, in real folders: removing what is in them removes links. */
function linkPackages(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    if (name.startsWith('@')) linkPackages(join(from, name), join(to, name));
    else if (!name.startsWith('.')) symlinkSync(join(from, name), join(to, name));
  }
}

export interface ShellResult {
  readonly exitCode: number;
  /** Standard output and standard error in the order in which they were written, as a terminal shows them. */
  readonly printed: string;
}

/** Runs a script of a document in bash, which stops at the first command that fails. */
export async function runScript(
  project: Project,
  script: string,
  { npx = 'shim' } = {},
): Promise<ShellResult> {
  const environment: NodeJS.ProcessEnv = { ...process.env };
  for (const name of Object.keys(environment)) {
    if (/^(NO_COLOR|FORCE_COLOR|CI|NODE_OPTIONS|VITEST.*|npm_.*)$/.test(name)) delete environment[name];
  }
  if (npx === 'shim') environment['PATH'] = `${project.path('.shim')}:${environment['PATH']}`;
  mkdirSync(project.path('.shim'), { recursive: true });
  const log = project.path('.shim/output');
  const descriptor = openSync(log, 'w');
  try {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: project.root,
      env: environment,
      stdio: ['ignore', descriptor, descriptor],
    });
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 128));
    });
    return { exitCode, printed: readFileSync(log, 'utf8') };
  } finally {
    closeSync(descriptor);
  }
}

/** Gives a project what is in folders of another one. */
export function copyFolders(from: Project, to: Project, folders: readonly ('cache' | 'artifacts')[]): void {
  for (const folder of folders) {
    if (!existsSync(from.path(folder))) continue;
    cpSync(from.path(folder), to.path(folder), {
      recursive: true,
      filter: (source) => basename(source) !== 'README.md',
    });
  }
}
