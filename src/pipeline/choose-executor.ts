import type { Failure } from '../base/failure.js';
import { failed, type Result, success } from '../base/result.js';
import type { StepSpec } from './spec/step-spec.js';
import type { BatchOptions, BatchSettings } from './text/batch-options.js';
import { type ExecutorName, executorNames, readProjectSettings } from './text/project-settings.js';

/** Where the steps of a project run, as far as they do not say so themselves. */
export interface ChosenExecutor {
  /** What the command line says, over all else. */
  readonly asked?: ExecutorName;
  /** What kshot.yaml says of steps that say nothing. */
  readonly set?: ExecutorName;
  readonly settings: BatchSettings;
}

/** All on this machine. */
export const localExecutor: ChosenExecutor = { settings: { options: {} } };

/** What the command line names, and what kshot.yaml says. */
export function chooseExecutor(root: string, asked?: string): Result<ChosenExecutor, Failure[]> {
  if (asked !== undefined && !isExecutor(asked)) {
    const hint = `there are ${executorNames.join(' and ')}`;
    return failed([{ reason: 'usage', message: `--executor: there is no executor ${asked}`, hint }]);
  }
  const read = readProjectSettings(root);
  if (!read.ok) return read;
  const { executor, slurm = { options: {} } } = read.value;
  return success({
    ...(asked === undefined ? {} : { asked }),
    ...(executor === undefined ? {} : { set: executor }),
    settings: slurm,
  });
}

function isExecutor(name: string): name is ExecutorName {
  return (executorNames as readonly string[]).includes(name);
}

/** What a step asks of the batch system that its nodes are jobs of; undefined where they run on this machine. */
export function batchOptionsOf(
  { kind, executor, slurm }: Pick<StepSpec, 'kind' | 'executor' | 'slurm'>,
  { asked, set, settings }: ChosenExecutor,
): BatchOptions | undefined {
  const name = asked ?? executor ?? set ?? 'local';
  return name === 'slurm' && kind.small !== true ? { ...settings.options, ...slurm } : undefined;
}
