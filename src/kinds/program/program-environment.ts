import { writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtFile } from '../../base/files/built-file.js';
import { lookedOnce } from '../../base/files/looked-once.js';
import { own } from '../../base/own-properties.js';
import type { KindContext } from '../kind-body.js';
import type { Launch } from './launch.js';

/** Libraries that compute with as many threads as these say. */
const threadVariables = ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'OPENBLAS_NUM_THREADS'];
const moduleFolder = fileURLToPath(builtFile('../python'));
/** What a Python program imports as `kshot`. */
export const kshotModule = join(moduleFolder, 'kshot.py');

/**
 * The environment of a program beside what every one is passed: what it declares, what follows from what it was
 * granted, and where it finds its params and kshot's Python module.
 */
export function programEnvironment(
  { threads, scratch, environment }: KindContext,
  { env, params }: Launch,
): { readonly [name: string]: string } {
  return {
    ...Object.fromEntries(threadVariables.map((name) => [name, String(threads)])),
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    ...environment,
    ...env,
    PYTHONPATH: pythonPath(env),
    ...(params === undefined ? {} : { KSHOT_PARAMS: fileOfParams(scratch, params) }),
  };
}

/** Where Python looks for modules beside its own folders: what the step says, and kshot's own. */
export function pythonPath(env: Launch['env']): string {
  const modules = [env['PYTHONPATH'], moduleFolder];
  return modules.filter((folder) => folder !== undefined && folder !== '').join(delimiter);
}

/** A variable of kshot's own environment; asking the system for it takes as long as looking a program up. */
export const ownVariable = lookedOnce((name) => own(process.env, name) ?? '');

/** Variables of kshot's own environment, as far as they are set. */
export function variablesOf(names: readonly string[]): { readonly [name: string]: string } {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = own(process.env, name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** Beside the fresh folder, which holds what the step declares and nothing else. */
function fileOfParams(scratch: string, params: string): string {
  const path = join(dirname(scratch), 'params.json');
  writeFileSync(path, params);
  return path;
}
