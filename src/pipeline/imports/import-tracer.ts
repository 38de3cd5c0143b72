import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { digestOf } from '../../base/canonical.js';
import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import type { PythonProgram } from '../../kinds/kind.js';
import type { InterpreterVersions } from '../interpreter-versions.js';
import { openKeptTraces } from './kept-traces.js';
import type { TracedImports } from './traced-imports.js';

/** Tells what Python programs import. */
export interface ImportTracer {
  /** Undefined where there is no interpreter, which is told of by itself. */
  trace(program: PythonProgram): Result<TracedImports, Failure> | undefined;
}

/** How long it may take to read a program. */
const patienceMilliseconds = 120_000;
const answerBytesLimit = 1 << 28;
const tracer = fileURLToPath(new URL('./trace_imports.py', import.meta.url));

/**
 * Has the interpreter of each program tell what that imports, and remembers the answer in the cache for as long as every
 * file and folder that was looked at stays as it was.
 */
export function openImportTracer(
  cacheFolder: string,
  root: string,
  interpreters: InterpreterVersions,
): ImportTracer {
  const kept = openKeptTraces(cacheFolder);
  // What another tracer told is not what this one would.
  let tracerText: string | undefined;
  const answers = new Map<string, Result<TracedImports, Failure>>();
  return {
    trace(program) {
      const interpreter = interpreters.find(program.interpreter);
      if (!interpreter.ok) return undefined;
      const question = questionOf(program, root);
      const { version, executable } = interpreter.value;
      const { environment } = program;
      // Where programs are looked for says nothing of modules.
      const { PATH: _, ...telling } = environment;
      tracerText ??= readFileSync(tracer, 'utf8');
      const name = digestOf({ tracer: tracerText, version, executable, question, environment: telling });
      const answer =
        answers.get(name) ?? kept.find(name) ?? ask(executable, question, environment, root, name, kept);
      answers.set(name, answer);
      return answer;
    },
  };
}

function questionOf({ start, files, ownModule, mayImportAnything }: PythonProgram, root: string) {
  return { root, own: ownModule, files, everything: mayImportAnything, ...start };
}

function ask(
  executable: string,
  question: ReturnType<typeof questionOf>,
  environment: PythonProgram['environment'],
  root: string,
  name: string,
  kept: ReturnType<typeof openKeptTraces>,
): Result<TracedImports, Failure> {
  const startedAt = Date.now();
  try {
    const text = execFileSync(executable, ['-B', tracer], {
      cwd: root,
      encoding: 'utf8',
      env: { ...environment, PYTHONIOENCODING: 'utf-8' },
      input: JSON.stringify(question),
      maxBuffer: answerBytesLimit,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: patienceMilliseconds,
    });
    // What a `sitecustomize` of the user prints comes before.
    const answer = text.slice(text.lastIndexOf('\n') + 1);
    const { looked, unread, ...imports } = JSON.parse(answer) as TracedImports & {
      readonly looked: { readonly [path: string]: string | null };
      readonly unread: readonly string[];
    };
    if (unread.length === 0) kept.keep(name, { looked, imports }, startedAt);
    return success(imports);
  } catch (error) {
    const words = String((error as { stderr?: string }).stderr ?? '')
      .trim()
      .split('\n');
    return failed({
      reason: 'invalid-value',
      message: `${executable} does not tell what the program imports: ${words.at(-1) || (error as Error).message}`,
      hint: 'steps of kind python need Python 3.8 or later',
    });
  }
}
