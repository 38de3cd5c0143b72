import type { Failure, FailureReason, Location } from '../../base/failure.js';
import type { Json, JsonObject } from '../../base/json.js';

/** A value read from YAML of which every part knows where it was written. */
export type LocatedValue = LocatedScalar | LocatedList | LocatedMap;

interface Placed {
  readonly location: Location;
  /** Where the value itself was written, if `${...}` put it in place of what stands at `location`. */
  readonly origin?: Location;
}

export interface LocatedScalar extends Placed {
  readonly type: 'scalar';
  readonly value: null | boolean | number | string;
  /** Stands for a value that a failure already reported kept from being known; nothing more is said of it. */
  readonly unknown?: true;
}

export interface LocatedList extends Placed {
  readonly type: 'list';
  readonly elements: readonly LocatedValue[];
}

export interface LocatedMap extends Placed {
  readonly type: 'map';
  readonly entries: ReadonlyMap<string, LocatedEntry>;
}

export interface LocatedEntry {
  /** Where the key stands. */
  readonly location: Location;
  readonly value: LocatedValue;
}

/** The value without its locations. */
export function toJson(located: LocatedValue): Json {
  switch (located.type) {
    case 'scalar':
      return located.value;
    case 'list':
      return located.elements.map(toJson);
    case 'map':
      return toJsonObject(located);
  }
}

/** A map without its locations. */
export function toJsonObject(map: LocatedMap): JsonObject {
  // fromEntries makes a `__proto__` an ordinary key.
  return Object.fromEntries([...map.entries].map(([key, entry]) => [key, toJson(entry.value)]));
}

/** The value below, by keys and indices; undefined where there is none. */
export function valueAt(located: LocatedValue, path: readonly string[]): LocatedValue | undefined {
  let value: LocatedValue | undefined = located;
  for (const name of path) {
    if (value?.type === 'map') value = value.entries.get(name)?.value;
    else if (value?.type === 'list') value = value.elements[Number(name)];
    else return undefined;
  }
  return value;
}

/**
 * The last value that is written on the way by keys and indices, and the place of its key: none where even the first is
 * not. The key is left out where the way goes on behind it.
 */
export function findWritten(
  located: LocatedValue,
  path: readonly string[],
): { readonly place?: LocatedValue; readonly name?: Location | undefined } {
  let around = located;
  let found: ReturnType<typeof findWritten> = {};
  for (const name of path) {
    const entry = around.type === 'map' ? around.entries.get(name) : undefined;
    const value = entry?.value ?? (around.type === 'list' ? around.elements[Number(name)] : undefined);
    if (value === undefined) return found.place === undefined ? {} : { place: found.place };
    found = { place: value, name: entry?.location };
    around = value;
  }
  return found;
}

/** Whether the value or a part of it is not known because of a failure already reported. */
export function hasUnknown(located: LocatedValue): boolean {
  switch (located.type) {
    case 'scalar':
      return located.unknown === true;
    case 'list':
      return located.elements.some(hasUnknown);
    case 'map':
      return [...located.entries.values()].some((entry) => hasUnknown(entry.value));
  }
}

/** The text that a value is; undefined for anything else. */
export function textOf(located: LocatedValue | undefined): string | undefined {
  return located?.type === 'scalar' && typeof located.value === 'string' ? located.value : undefined;
}

/** The first text in a value that holds the given one. */
export function placeOfText(value: LocatedValue, text: string): LocatedValue | undefined {
  if (value.type === 'scalar') {
    return typeof value.value === 'string' && value.value.includes(text) ? value : undefined;
  }
  const below =
    value.type === 'list' ? value.elements : [...value.entries.values()].map((entry) => entry.value);
  for (const one of below) {
    const found = placeOfText(one, text);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Takes in a failure; phases go on after it, so that all are found at once. */
export type ReportFailure = (failure: Failure) => void;

/** A failure at a located value; says too where a substituted value came from. */
export function failureAt(
  place: Placed,
  reason: FailureReason,
  message: string,
  more: { readonly hint?: string | undefined; readonly details?: readonly string[] } = {},
): Failure {
  const origin = place.origin === undefined ? [] : [`the value was written at ${lineOf(place.origin)}`];
  const details = [...origin, ...(more.details ?? [])];
  return {
    reason,
    message,
    location: place.location,
    ...(more.hint === undefined ? {} : { hint: more.hint }),
    ...(details.length === 0 ? {} : { details }),
  };
}

function lineOf({ file, line, column, lineText }: Location): string {
  return `${file}:${line}:${column}: ${lineText.trim().slice(0, 100)}`;
}
