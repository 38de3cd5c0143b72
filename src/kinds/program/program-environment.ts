import { writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtFile } from '../../base/files/built-file.js';
import type { KindContext } from '../kind.js';
import type { Launch } from './launch.js';

/** Libraries that compute with as many threads as these say. */
const threadVariables = ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'OPENBLAS_NUM_THREADS'];

/**
 * The environment of a program beside what every one is passed: what it declares, what follows from what it was
 * granted, and where it finds its params and kshot's Python module.
 */
export function programEnvironment(
  { threads, scratch, environment }: KindContext,
  { env, params }: Launch,
): { readonly [name: string]: string } {
  const modules = [env['PYTHONPATH'], fileURLToPath(builtFile('../python'))];
  return {
    ...Object.fromEntries(threadVariables.map((name) => [name, String(threads)])),
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    ...environment,
    ...env,
    PYTHONPATH: modules.filter((folder) => folder !== undefined && folder !== '').join(delimiter),
    ...(params === undefined ? {} : { KSHOT_PARAMS: fileOfParams(scratch, params) }),
  };
}

/** Beside the fresh folder, which holds what the step declares and nothing else. */
function fileOfParams(scratch: string, params: string): string {
  const path = join(dirname(scratch), 'params.json');
  writeFileSync(path, params);
  return path;
}
