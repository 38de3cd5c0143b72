import { suggestion } from '../../base/nearest-name.js';
import { engineGroups, engines } from '../../engines/registry.js';
import {
  failureAt,
  type LocatedEntry,
  type LocatedMap,
  type LocatedValue,
  type ReportFailure,
  textOf,
} from './located-value.js';

/** What a pipeline or a step may be called. */
export const namePattern = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** Reports every key that is not known, with the nearest that is. */
export function refuseUnknownKeys(map: LocatedMap, known: readonly string[], report: ReportFailure): void {
  for (const [key, entry] of map.entries) {
    if (known.includes(key)) continue;
    report(failureAt(entry, 'unknown-key', `unknown key ${key}`, { hint: suggestion(key, known) }));
  }
}

/** The entries of a field that should be a map; none where it is not there, or is something else, which is reported. */
export function mapEntries(
  field: LocatedEntry | undefined,
  what: string,
  report: ReportFailure,
): Iterable<[string, LocatedEntry]> {
  return field !== undefined && expectMap(field.value, what, report) ? field.value.entries : [];
}

/** Whether a value is a map; reports where it is something else. */
export function expectMap(value: LocatedValue, what: string, report: ReportFailure): value is LocatedMap {
  if (value.type === 'map') return true;
  if (value.type === 'list' || !value.unknown) {
    report(failureAt(value, 'invalid-value', `${what} must be a map`));
  }
  return false;
}

/** The text that a value is, not empty; undefined for anything else, which is reported. */
export function expectText(value: LocatedValue, what: string, report: ReportFailure): string | undefined {
  const text = textOf(value);
  if (text !== undefined && text !== '') return text;
  if (value.type !== 'scalar' || !value.unknown)
    report(failureAt(value, 'invalid-value', `${what} must be text`));
  return undefined;
}

/** An engine's name, or that of a group; undefined where there is none, or an unknown one, which is reported. */
export function readEngine(field: LocatedEntry | undefined, report: ReportFailure): string | undefined {
  if (field === undefined) return undefined;
  const engine = expectText(field.value, 'engine', report);
  if (engine === undefined || isEngine(engine)) return engine;
  report(
    failureAt(field.value, 'unknown-engine', `there is no engine ${engine}`, {
      hint: suggestion(engine, engineNames()),
    }),
  );
  return undefined;
}

/** Whether `engine:` may say this. */
export function isEngine(name: string): boolean {
  return engineNames().includes(name);
}

/** All that `engine:` may say. */
export function engineNames(): readonly string[] {
  return [...engineGroups, ...Object.keys(engines)];
}
