import { join } from 'node:path';
import type { Failure } from '../../base/failure.js';
import { lookAtPath } from '../../base/files/user-path.js';
import { suggestion } from '../../base/nearest-name.js';
import { failed, type Result, success } from '../../base/result.js';
import { type BatchSettings, readBatchSettings } from './batch-options.js';
import { expectText, refuseUnknownKeys } from './fields.js';
import { failureAt, type LocatedEntry, type LocatedValue, type ReportFailure } from './located-value.js';
import { readMapFile } from './read-pipeline.js';

/** The file at a project's root that says where its steps run. */
export const settingsFile = 'kshot.yaml';

/** Where steps may run. */
export const executorNames = ['local', 'slurm'] as const;

export type ExecutorName = (typeof executorNames)[number];

/** What it says. */
export interface ProjectSettings {
  /** Where steps run that do not say so themselves. */
  readonly executor?: ExecutorName;
  readonly slurm?: BatchSettings;
  /** The interpreter of steps in Python and of the engine torch, as written, and where. */
  readonly python?: { readonly text: string; readonly place: LocatedValue };
}

/** Reads the settings of a project; none where it has no such file. */
export function readProjectSettings(root: string): Result<ProjectSettings, Failure[]> {
  const path = join(root, settingsFile);
  const look = lookAtPath(path);
  if (!look.ok && look.failure === 'absent') return success({});
  const read = readMapFile(root, path, { what: settingsFile, hint: 'such as python: .venv' });
  if (!read.ok) return read;
  const failures: Failure[] = [];
  const report = (failure: Failure) => void failures.push(failure);
  refuseUnknownKeys(read.value, ['executor', 'python', 'slurm'], report);
  const executor = readExecutor(read.value.entries.get('executor'), report);
  const slurm = read.value.entries.get('slurm')?.value;
  const settings = readBatchSettings(slurm, report);
  const place = read.value.entries.get('python')?.value;
  const text = place && expectText(place, 'python', report);
  if (failures.length > 0) return failed(failures);
  return success({
    ...(place === undefined || text === undefined ? {} : { python: { text, place } }),
    ...(executor === undefined ? {} : { executor }),
    ...(slurm === undefined ? {} : { slurm: settings }),
  });
}

/** Where a project or a step says that steps run; undefined where it does not, or wrongly, which is reported. */
export function readExecutor(
  field: LocatedEntry | undefined,
  report: ReportFailure,
): ExecutorName | undefined {
  const text = field && expectText(field.value, 'executor', report);
  if (field === undefined || text === undefined) return undefined;
  const name = executorNames.find((one) => one === text);
  if (name !== undefined) return name;
  const hint = suggestion(text, executorNames);
  report(failureAt(field.value, 'invalid-value', `there is no executor ${text}`, { hint }));
  return undefined;
}
