import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { Failure } from '../base/failure.js';
import { isProgram, programIn } from '../base/files/program-file.js';
import { isFolderAt } from '../base/files/user-path.js';
import { failed, type Result, success } from '../base/result.js';
import type { ChosenPython } from '../kinds/chosen-python.js';
import { readProjectSettings, settingsFile } from './project-settings.js';
import { failureAt } from './text/located-value.js';

/**
 * The Python that the command line names, else kshot.yaml, else that of the environment that is active; undefined where
 * none of them names one, which leaves it to PATH.
 *
 * @param folder what a path on the command line is relative to; one in kshot.yaml is to the root
 */
export async function choosePython(
  { root, folder }: { readonly root: string; readonly folder: string },
  asked?: string,
): Promise<Result<ChosenPython | undefined, Failure[]>> {
  if (asked !== undefined) {
    const program = interpreterAt(asked, folder);
    return program === undefined
      ? failed([{ reason: 'usage', message: `--python: ${absent(asked)}`, hint: advice }])
      : success({ program, from: '--python' });
  }
  const read = await readProjectSettings(root);
  if (!read.ok) return read;
  const { settings, placeOf } = read.value;
  if (settings.python !== undefined) {
    const program = interpreterAt(settings.python, root);
    return program === undefined
      ? failed([failureAt(placeOf('python'), 'invalid-value', absent(settings.python), { hint: advice })])
      : success({ program, from: settingsFile });
  }
  const active = process.env['VIRTUAL_ENV'] ?? '';
  const program = active === '' ? undefined : interpreterIn(active);
  return success(program === undefined ? undefined : { program, from: 'VIRTUAL_ENV' });
}

/** By its path, by the folder of its environment, or by its name in PATH. */
function interpreterAt(text: string, folder: string): string | undefined {
  const path = resolve(folder, text.replace(/^~(?=\/|$)/, homedir()));
  // First: `env` is a program, too.
  if (isFolderAt(path)) return interpreterIn(path);
  if (isProgram(path)) return path;
  return text.includes('/') ? undefined : programIn((process.env['PATH'] ?? '').split(delimiter), text);
}

function interpreterIn(environment: string): string | undefined {
  return ['python3', 'python'].map((name) => join(environment, 'bin', name)).find((path) => isProgram(path));
}

function absent(text: string): string {
  return `${text} is no interpreter, and no environment that has one`;
}

const advice =
  'name one, such as /usr/bin/python3.12, the folder of an environment, such as .venv, or a program of PATH';
