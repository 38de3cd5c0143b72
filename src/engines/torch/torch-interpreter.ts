import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { lookAt } from '../../base/files/look-at.js';
import { isProgram, programIn } from '../../base/files/program-file.js';

/** How long a script that chooses an interpreter may take. */
const patienceMilliseconds = 20_000;
const chosen = new Map<string, string>();

/**
 * The Python that computes, absolute: the one that was chosen, else the first `python3` of PATH; `python3` where there is
 * none. Where it is a script that starts another, as pyenv's are, that other.
 */
export function torchInterpreter(python?: string): string {
  const found = python ?? programIn((process.env['PATH'] ?? '').split(delimiter), 'python3');
  if (found === undefined) return 'python3';
  const known = chosen.get(found) ?? (isScript(found) ? startedBy(found) : found);
  chosen.set(found, known);
  return known;
}

/** Other whenever another interpreter, or another PyTorch in its folders, may compute. */
export function interpreterLook(python?: string): string {
  const interpreter = torchInterpreter(python);
  const prefix = dirname(dirname(interpreter));
  const folders = [
    ...packageFolders(join(prefix, 'lib')),
    ...packageFolders(join(prefix, 'local/lib')),
    ...packageFolders(join(homedir(), '.local/lib')),
  ];
  return JSON.stringify({
    interpreter,
    files: [interpreter, ...folders].map(lookAt),
    path: process.env['PYTHONPATH'] ?? null,
    home: process.env['PYTHONHOME'] ?? null,
  });
}

/** Where distributions are installed below `lib`: their time changes when one is added, replaced or removed. */
function packageFolders(lib: string): readonly string[] {
  try {
    const versions = readdirSync(lib).filter((name) => name.startsWith('python3'));
    return versions.flatMap((name) => [join(lib, name, 'site-packages'), join(lib, name, 'dist-packages')]);
  } catch {
    return [];
  }
}

function isScript(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(2);
    readSync(file, start, 0, 2, 0);
    return start.toString('latin1') === '#!';
  } finally {
    closeSync(file);
  }
}

function startedBy(script: string): string {
  try {
    const answer = execFileSync(script, ['-I', '-S', '-c', 'import sys; print(sys.executable)'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: patienceMilliseconds,
    }).trim();
    return isProgram(answer) ? answer : script;
  } catch {
    return script;
  }
}
