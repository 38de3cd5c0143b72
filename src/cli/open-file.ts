import { spawn } from 'node:child_process';
import type { Failure } from '../base/failure.js';
import { failed, type Result, success } from '../base/result.js';

/** After how long a program that has not failed is taken to have opened the file; some stay with it. */
const patienceMilliseconds = 3000;

/** Programs that open a file with what the user prefers, the usual one first; WSL has Windows' own. */
function openers(): readonly string[] {
  return process.platform === 'darwin' ? ['open'] : ['xdg-open', 'wslview'];
}

/** Opens a file with the platform's opener and goes on; a failure says what there is to do instead. */
export async function openFile(path: string): Promise<Result<void, Failure>> {
  const tried: string[] = [];
  for (const program of openers()) {
    const problem = await start(program, path);
    if (problem === undefined) return success(undefined);
    tried.push(problem);
  }
  return failed({
    reason: 'opener-missing',
    message: `no program here opens ${path}`,
    details: tried,
    hint: 'open it in a browser by hand; the page needs neither network nor server',
  });
}

/** Undefined where the program was started and did not fail. */
function start(program: string, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, [path], { stdio: 'ignore', detached: true });
    const timer = setTimeout(() => {
      child.unref();
      resolve(undefined);
    }, patienceMilliseconds);
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve(error.code === 'ENOENT' ? `${program} is not installed` : `${program}: ${error.message}`);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? undefined : `${program} ended with exit code ${code}`);
    });
  });
}
