import type { Failure } from '../base/failure.js';
import type { Result } from '../base/result.js';
import { openProject, type Project } from '../session/project.js';
import type { CommonOptions } from './terminal.js';

/** The project that a command is given in, or that `--root` names. */
export function projectOf({ root }: Pick<CommonOptions, 'root'>): Promise<Result<Project, Failure[]>> {
  return openProject(root === undefined ? {} : { root });
}
