import type { Failure } from '../base/failure.js';
import { failed, type Result, success } from '../base/result.js';
import { readProjectSettings } from './project-settings.js';
import { type ResourcesSpec, readResources } from './spec/resources-spec.js';
import type { StepSpec } from './spec/step-spec.js';
import {
  type BatchOptions,
  type BatchSettings,
  type ExecutorName,
  executorNames,
  readBatchSettings,
} from './text/batch-options.js';

/** Where the steps of a project run, as far as they do not say so themselves. */
export interface ChosenExecutor {
  /** What the command line says, over all else. */
  readonly asked?: ExecutorName;
  /** What kshot.yaml says of steps that say nothing. */
  readonly set?: ExecutorName;
  readonly settings: BatchSettings;
  /** What steps ask for, there or here, as far as they do not say so themselves. */
  readonly resources?: ResourcesSpec;
}

/** All on this machine. */
export const localExecutor: ChosenExecutor = { settings: { options: {} } };

/** What the command line names, and what kshot.yaml says. */
export async function chooseExecutor(
  root: string,
  asked?: string,
): Promise<Result<ChosenExecutor, Failure[]>> {
  if (asked !== undefined && !isExecutor(asked)) {
    const hint = `there are ${executorNames.join(' and ')}`;
    return failed([{ reason: 'usage', message: `--executor: there is no executor ${asked}`, hint }]);
  }
  const read = await readProjectSettings(root);
  if (!read.ok) return read;
  const { settings, placeOf } = read.value;
  const { executor } = settings;
  const failures: Failure[] = [];
  const slurm = readBatchSettings(settings.slurm === undefined ? undefined : placeOf('slurm'), (failure) =>
    failures.push(failure),
  );
  const resources = readResources(
    settings.resources === undefined ? undefined : placeOf('resources'),
    (failure) => failures.push(failure),
  );
  if (failures.length > 0) return failed(failures);
  return success({
    ...(asked === undefined ? {} : { asked }),
    ...(executor === undefined ? {} : { set: executor }),
    settings: slurm,
    resources,
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
