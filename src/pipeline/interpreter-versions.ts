import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, isAbsolute } from 'node:path';
import type { Failure } from '../base/failure.js';
import { isProgram, programIn } from '../base/files/program-file.js';
import { rememberedJson, rememberJson } from '../base/files/remembered-json.js';
import { failed, type Result, success } from '../base/result.js';
import { type ChosenPython, pythonBefore } from '../kinds/chosen-python.js';
import type { Interpreter } from '../kinds/kind.js';
import { layoutOf } from '../store/local/layout.js';
import { lookOf } from '../store/local/stat-index.js';

/** Tells of programs that compute in nodes which versions they are. */
export interface InterpreterVersions {
  find(interpreter: Omit<Interpreter, 'parameter'>): Result<FoundInterpreter, Failure>;
}

export interface FoundInterpreter {
  readonly version: string;
  /** The interpreter itself, absolute: not a script that starts it. */
  readonly executable: string;
}

interface KnownVersion {
  readonly version: string;
  /** Size, inode, mtime and ctime of the file, links followed. */
  readonly look: string;
}

type KnownVersions = { readonly [path: string]: KnownVersion };

/** How long a program may take to tell its version. */
const patienceMilliseconds = 20_000;
const question =
  'import platform, sys; print(platform.python_implementation(), platform.python_version()); print(sys.executable)';

/**
 * Asks a program once, and again when its file is another one; what it answered is kept in the cache, so that planning
 * starts no process. One that is itself a script, or a link to a tool, may start this or that, and is asked each time.
 *
 * @param root of the project, by which such a tool may go
 * @param python the one that was chosen for the project
 */
export function openInterpreterVersions(
  cacheFolder: string,
  root: string,
  python?: ChosenPython,
): InterpreterVersions {
  const file = layoutOf(cacheFolder).interpreters;
  let known: KnownVersions | undefined;
  const answers = new Map<string, Result<FoundInterpreter, Failure>>();

  const ask = (program: string, path: string): Result<FoundInterpreter, Failure> => {
    const found = programOnPath(program, path);
    if (found === undefined) return failed(missing(program));
    known ??= readKnown(file);
    const look = lookOf(statSync(found, { bigint: true }));
    const before = known[found];
    if (before?.look === look) return success({ version: before.version, executable: found });
    const answer = askVersion(found, path, root);
    if (!answer.ok || !isInterpreter(found)) return answer;
    const { version } = answer.value;
    known = { ...known, [found]: { version, look } };
    rememberJson(file, { versions: known });
    // Of an environment, this is a link to one outside of it.
    return success({ version, executable: found });
  };
  return {
    find({ program: named, path, isStepsOwn }) {
      const program = (isStepsOwn === undefined ? undefined : pythonBefore(python, isStepsOwn)) ?? named;
      const name = `${program}\0${path}`;
      const answer = answers.get(name) ?? ask(program, path);
      answers.set(name, answer);
      return answer;
    },
  };
}

/** Where a program is that is found by its name; undefined where it is nowhere. */
function programOnPath(program: string, path: string): string | undefined {
  if (isAbsolute(program)) return isProgram(program) ? program : undefined;
  return programIn(path.split(delimiter), program);
}

function askVersion(program: string, path: string, root: string): Result<FoundInterpreter, Failure> {
  try {
    const answer = execFileSync(program, ['-I', '-S', '-c', question], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: path, HOME: process.env['HOME'] ?? '/' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: patienceMilliseconds,
    }).trim();
    const [version = '', executable = ''] = answer.split('\n');
    if (/^\w+ \d+\.\d+\S*$/.test(version)) {
      return success({ version, executable: isAbsolute(executable) ? executable : program });
    }
    return failed(silent(program, `it answered ${JSON.stringify(answer.slice(0, 80))}`));
  } catch (error) {
    return failed(silent(program, (error as Error).message.split('\n')[0] ?? ''));
  }
}

/** Not one that starts another, which may be this one today and that one tomorrow. */
function isInterpreter(program: string): boolean {
  const real = realpathSync(program);
  if (!/^(?:python|pypy)/.test(basename(real))) return false;
  const file = openSync(real, 'r');
  try {
    const start = Buffer.alloc(2);
    readSync(file, start, 0, 2, 0);
    return start.toString('latin1') !== '#!';
  } finally {
    closeSync(file);
  }
}

function readKnown(file: string): KnownVersions {
  return (rememberedJson(file)['versions'] ?? {}) as unknown as KnownVersions;
}

function missing(program: string): Failure {
  return {
    reason: 'invalid-value',
    message: `there is no program ${program} in the folders of PATH`,
    hint: `install it, or activate the environment that has it; \`env: { PATH: … }\` of the step says where else to look`,
  };
}

function silent(program: string, why: string): Failure {
  return { reason: 'invalid-value', message: `${program} does not tell its version: ${why}` };
}
