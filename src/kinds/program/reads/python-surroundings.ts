import { isAbsolute } from 'node:path';
import type { PythonProgram } from '../../kind.js';
import { declaredFiles } from '../declared-files.js';
import type { Launch } from '../launch.js';
import { kshotModule, pythonPath, variablesOf } from '../program-environment.js';
import { filesOf, type ProgramGiven } from '../program-parameters.js';

/**
 * What decides which modules a program finds, however its Python is started.
 *
 * @param modules further files of the root that it may import
 */
export function pythonSurroundings(
  given: ProgramGiven,
  env: Launch['env'],
  root: string,
  modules: readonly string[] = [],
): Pick<PythonProgram, 'files' | 'declared' | 'environment' | 'ownModule'> {
  const files = [...declaredFiles(given, root).files.map(({ path }) => path), ...modules];
  return {
    files: [...new Set(files)].filter((path) => path.endsWith('.py') && !isAbsolute(path)),
    declared: filesOf(given),
    environment: {
      ...variablesOf(['PATH', 'HOME', 'LANG', ...given.pass_env]),
      ...env,
      PYTHONPATH: pythonPath(env),
    },
    ownModule: kshotModule,
  };
}
