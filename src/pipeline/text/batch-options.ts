import { suggestion } from '../../base/nearest-name.js';
import { parseSeconds } from '../../base/quantities.js';
import { expectMap, expectText, refuseUnknownKeys } from './fields.js';
import {
  failureAt,
  type LocatedEntry,
  type LocatedMap,
  type LocatedValue,
  type ReportFailure,
  textOf,
} from './located-value.js';

/** Where steps may run. */
export const executorNames = ['local', 'slurm'] as const;

export type ExecutorName = (typeof executorNames)[number];

/** What a step may ask of Slurm, as a JSON Schema. */
export const batchProperties = {
  partition: { description: 'The partition, as `sinfo` names it.', type: 'string' },
  account: { description: 'Whom the time is charged to.', type: 'string' },
  qos: { description: 'The quality of service.', type: 'string' },
  constraint: { description: 'Features that a node must have.', type: 'string' },
  reservation: { description: 'The reservation.', type: 'string' },
  gpu_type: { description: 'Which GPUs, where there are several sorts.', type: 'string' },
  time: {
    description: 'How long one job may run, in which several nodes may be executed: 8 h.',
    type: 'string',
  },
  throttle: {
    description: 'How many jobs of one array run at once: `%N` of sbatch.',
    type: 'integer',
    minimum: 1,
  },
  extra: {
    description: 'Further options of sbatch, each a word.',
    type: 'array',
    items: { type: 'string', pattern: '^-' },
  },
} as const;

/** Where a step says that it runs; undefined where it does not, or wrongly, which is reported. */
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

/** What a step asks of Slurm beside its resources; in no key. */
export interface BatchOptions {
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  readonly constraint?: string;
  readonly reservation?: string;
  /** Which GPUs, where there are several sorts. */
  readonly gpu_type?: string;
  /** How long one job may run, in which several nodes may be executed one after another. */
  readonly timeSeconds?: number;
  /** How many jobs of one array run at once. */
  readonly throttle?: number;
  /** Further words of the command line of `sbatch`. */
  readonly extra?: readonly string[];
}

/** What a whole project asks of Slurm. */
export interface BatchSettings {
  readonly options: BatchOptions;
  /** How many jobs may be in the queue at once, of one sort. */
  readonly jobs?: number;
  /** How long the answer of a job that has ended is waited for. */
  readonly answerWaitSeconds?: number;
}

const names = ['partition', 'account', 'qos', 'constraint', 'reservation', 'gpu_type'] as const;

/** Reads `slurm: { partition: gpu, account: lab, … }` of a step. */
export function readBatchOptions(
  value: LocatedValue | undefined,
  report: ReportFailure,
): BatchOptions | undefined {
  if (value === undefined || !expectMap(value, 'slurm', report)) return undefined;
  refuseUnknownKeys(value, [...names, 'time', 'throttle', 'extra'], report);
  return optionsIn(value, report);
}

/** Reads that of a project, which has two things more. */
export function readBatchSettings(value: LocatedValue | undefined, report: ReportFailure): BatchSettings {
  if (value === undefined || !expectMap(value, 'slurm', report)) return { options: {} };
  refuseUnknownKeys(value, [...names, 'time', 'throttle', 'extra', 'jobs', 'answer_wait'], report);
  const jobs = countAt(value, 'jobs', report);
  const answerWaitSeconds = secondsAt(value, 'answer_wait', report);
  return {
    options: optionsIn(value, report),
    ...(jobs === undefined ? {} : { jobs }),
    ...(answerWaitSeconds === undefined ? {} : { answerWaitSeconds }),
  };
}

function optionsIn(map: LocatedMap, report: ReportFailure): BatchOptions {
  const texts = names.flatMap((name) => {
    const value = map.entries.get(name)?.value;
    const text = value && expectText(value, `slurm.${name}`, report);
    return text === undefined ? [] : [[name, text] as const];
  });
  const timeSeconds = secondsAt(map, 'time', report);
  const throttle = countAt(map, 'throttle', report);
  const extra = map.entries.get('extra')?.value;
  return {
    ...Object.fromEntries(texts),
    ...(timeSeconds === undefined ? {} : { timeSeconds }),
    ...(throttle === undefined ? {} : { throttle }),
    ...(extra === undefined ? {} : { extra: wordsOf(extra, report) }),
  };
}

function secondsAt(map: LocatedMap, name: string, report: ReportFailure): number | undefined {
  const value = map.entries.get(name)?.value;
  if (value === undefined || (value.type === 'scalar' && value.unknown)) return undefined;
  const seconds = value.type === 'scalar' ? parseSeconds(String(value.value)) : undefined;
  if (seconds === undefined)
    report(failureAt(value, 'invalid-value', `slurm.${name} must be a time, such as 8 h or 90 s`));
  return seconds;
}

function countAt(map: LocatedMap, name: string, report: ReportFailure): number | undefined {
  const value = map.entries.get(name)?.value;
  if (value === undefined || (value.type === 'scalar' && value.unknown)) return undefined;
  const count = value.type === 'scalar' ? value.value : undefined;
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 1) return count;
  report(failureAt(value, 'invalid-value', `slurm.${name} must be a whole number, at least 1`));
  return undefined;
}

function wordsOf(value: LocatedValue, report: ReportFailure): readonly string[] {
  const words = value.type === 'list' ? value.elements.map(textOf) : [undefined];
  if (words.every((word) => word?.startsWith('-') === true)) return words as readonly string[];
  report(
    failureAt(value, 'invalid-value', 'slurm.extra must be a list of options of sbatch', {
      hint: 'such as extra: ["--mail-type=FAIL", "--exclude=node7"]',
    }),
  );
  return [];
}
