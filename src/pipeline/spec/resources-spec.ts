import { parseBytes, parseSeconds } from '../../base/quantities.js';
import { expectMap, refuseUnknownKeys } from '../text/fields.js';
import { failureAt, type LocatedValue, type ReportFailure } from '../text/located-value.js';

/** What a step asks of the machine, as far as it says; in no key. */
export interface ResourcesSpec {
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly gpus?: number;
  /** After how long a node is ended. */
  readonly timeSeconds?: number;
}

/** Reads `resources: { cpus: 2, memory: 4 GiB, gpus: 1, time: 2 h }`. */
export function readResources(value: LocatedValue | undefined, report: ReportFailure): ResourcesSpec {
  if (value === undefined || !expectMap(value, 'resources', report)) return {};
  const { entries } = value;
  const renamed = entries.get('gpu');
  if (renamed === undefined) refuseUnknownKeys(value, ['cpus', 'memory', 'gpus', 'time'], report);
  else
    report(
      failureAt({ location: renamed.location }, 'unknown-key', 'gpu is now gpus', { hint: 'write gpus: N' }),
    );
  const read = <Value>(
    name: string,
    readValue: (value: LocatedValue, name: string, report: ReportFailure) => Value | undefined,
  ): Value | undefined => {
    const found = entries.get(name)?.value;
    return found === undefined ? undefined : readValue(found, `resources.${name}`, report);
  };
  const cpus = read('cpus', readPositiveCount);
  const memoryBytes = read('memory', readQuantity(parseBytes, 'a size, such as 4 GiB or 500 MB'));
  const gpus = read('gpus', readCount);
  const timeSeconds = read('time', readQuantity(parseSeconds, 'a time, such as 2 h, 1 h 30 min or 90 s'));
  return {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(gpus === undefined ? {} : { gpus }),
    ...(timeSeconds === undefined ? {} : { timeSeconds }),
  };
}

/** A whole number of things, at least `least`; undefined where it is none, which is reported. */
export function readCount(
  value: LocatedValue,
  name: string,
  report: ReportFailure,
  least = 0,
): number | undefined {
  if (value.type === 'scalar' && value.unknown) return undefined;
  const count = value.type === 'scalar' ? value.value : undefined;
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= least) return count;
  report(failureAt(value, 'invalid-value', `${name} must be a whole number, at least ${least}`));
  return undefined;
}

function readPositiveCount(value: LocatedValue, name: string, report: ReportFailure): number | undefined {
  return readCount(value, name, report, 1);
}

function readQuantity(parse: (text: string) => number | undefined, wanted: string) {
  return (value: LocatedValue, name: string, report: ReportFailure): number | undefined => {
    if (value.type === 'scalar' && value.unknown) return undefined;
    const quantity = value.type === 'scalar' ? parse(String(value.value)) : undefined;
    if (quantity !== undefined) return quantity;
    report(failureAt(value, 'invalid-value', `${name} must be ${wanted}`));
    return undefined;
  };
}
