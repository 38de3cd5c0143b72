import type { Location } from '../../base/failure.js';
import { shortPath, unfitForNewFile } from '../../base/files/user-path.js';
import type { JsonObject } from '../../base/json.js';
import { suggestion } from '../../base/nearest-name.js';
import type { Kind } from '../../kinds/kind.js';
import {
  engineNames,
  expectMap,
  expectText,
  isEngine,
  mapEntries,
  namePattern,
  readEngine,
  refuseUnknownKeys,
} from '../text/fields.js';
import {
  failureAt,
  type LocatedMap,
  type LocatedValue,
  type ReportFailure,
  toJsonObject,
} from '../text/located-value.js';
import { type PublicationSpec, readPublish } from './publications.js';
import type { ResourcesSpec } from './resources-spec.js';
import { readStep, type StepSpec } from './step-spec.js';

/** A pipeline whose every step has a known kind, only known keys, and well-formed references. */
export interface Spec {
  readonly name: string;
  readonly engine: string;
  readonly params: JsonObject;
  readonly configuration: JsonObject;
  readonly steps: ReadonlyMap<string, StepSpec>;
  /** Steps that are written but not in `steps`, because of failures already reported. */
  readonly broken: ReadonlySet<string>;
  readonly waivers: readonly WaiverSpec[];
  readonly publications: readonly PublicationSpec[];
}

export interface WaiverSpec {
  readonly step: string;
  /** The file of test data that it is for, as a step names it; whether that is known to be such differs between clones. */
  readonly file?: string;
  readonly reason: string;
  readonly location: Location;
}

export interface SpecOptions {
  readonly kinds: { readonly [name: string]: Kind };
  /** Takes the place of the pipeline's `engine:` (`--engine`). */
  readonly engine?: string | undefined;
  /** What steps ask for that do not say so themselves (`resources` in kshot.yaml). */
  readonly resources?: ResourcesSpec | undefined;
  /** Name of a pipeline that has none. */
  readonly fallbackName: string;
}

const topLevelKeys = [
  'version',
  'name',
  'default',
  'extends',
  'engine',
  'params',
  'waive',
  'steps',
  'publish',
];

/** Checks everything about a pipeline that needs no knowledge of how its steps are connected. */
export function readSpec(pipeline: LocatedMap, options: SpecOptions, report: ReportFailure): Spec {
  const entries = pipeline.entries;
  refuseUnknownKeys(pipeline, topLevelKeys, report);
  checkVersion(pipeline, report);

  const steps = new Map<string, StepSpec>();
  const broken = new Set<string>();
  const written = entries.get('steps');
  if (written === undefined) {
    report(failureAt(pipeline, 'missing-key', 'the pipeline has no steps', { hint: 'add steps:' }));
  }
  for (const [name, entry] of mapEntries(written, 'steps', report)) {
    const step = readStep(name, entry, options, report);
    if (step === undefined) broken.add(name);
    else steps.set(name, step);
  }
  const params = entries.get('params')?.value;
  const asked = options.engine ?? 'auto';
  if (options.engine !== undefined && !isEngine(options.engine)) {
    report({
      reason: 'unknown-engine',
      message: `there is no engine ${options.engine}`,
      ...hintOf(suggestion(options.engine, engineNames())),
    });
  }
  return {
    name: readName(pipeline, options.fallbackName, report),
    engine: options.engine === undefined ? (readEngine(entries.get('engine'), report) ?? 'auto') : asked,
    params: params !== undefined && expectMap(params, 'params', report) ? toJsonObject(params) : {},
    configuration: toJsonObject(pipeline),
    steps,
    broken,
    waivers: readWaivers(entries.get('waive')?.value, written?.value, report),
    publications: readPublish(entries.get('publish')?.value, report),
  };
}

function readWaivers(
  value: LocatedValue | undefined,
  steps: LocatedValue | undefined,
  report: ReportFailure,
): readonly WaiverSpec[] {
  if (value === undefined) return [];
  if (value.type !== 'list') {
    report(
      failureAt(value, 'invalid-value', 'waive must be a list', {
        hint: 'waive: [{ step: NAME, reason: TEXT }]',
      }),
    );
    return [];
  }
  const names = steps?.type === 'map' ? [...steps.entries.keys()] : [];
  return value.elements.flatMap((element) => {
    if (!expectMap(element, 'a waiver', report)) return [];
    refuseUnknownKeys(element, ['step', 'file', 'reason'], report);
    const named = element.entries.get('file')?.value;
    const file = named === undefined ? undefined : expectText(named, 'file', report);
    const [step, reason] = ['step', 'reason'].map((key) => {
      const field = element.entries.get(key)?.value;
      if (field === undefined)
        report(
          failureAt(element, 'missing-key', `a waiver has no ${key}`, {
            hint: 'write { step: NAME, reason: TEXT }',
          }),
        );
      return field === undefined ? undefined : expectText(field, key, report);
    });
    if (step === undefined || reason === undefined) return [];
    if (names.includes(step)) {
      return [{ step, ...(file === undefined ? {} : { file }), reason, location: element.location }];
    }
    report(
      failureAt(element.entries.get('step')?.value ?? element, 'unknown-step', `there is no step ${step}`, {
        hint: suggestion(step, names),
      }),
    );
    return [];
  });
}

function checkVersion(pipeline: LocatedMap, report: ReportFailure): void {
  const version = pipeline.entries.get('version')?.value;
  if (version === undefined) {
    report(
      failureAt(pipeline, 'missing-key', 'the pipeline has no version', { hint: 'begin with version: 1' }),
    );
  } else if (version.type !== 'scalar' || version.value !== 1) {
    report(failureAt(version, 'invalid-value', 'this kshot reads version 1', { hint: 'write version: 1' }));
  }
}

function readName(pipeline: LocatedMap, fallback: string, report: ReportFailure): string {
  const value = pipeline.entries.get('name')?.value;
  const byDefault = pipeline.entries.get('default')?.value;
  if (byDefault !== undefined && (byDefault.type !== 'scalar' || typeof byDefault.value !== 'boolean')) {
    report(failureAt(byDefault, 'invalid-value', 'default must be true or false'));
  }
  if (value === undefined) return fallback;
  const name = expectText(value, 'name', report);
  const isName = name !== undefined && namePattern.test(name) && unfitForNewFile(name) === undefined;
  if (name === undefined || isName) return name ?? fallback;
  report(
    failureAt(value, 'invalid-value', `${JSON.stringify(shortPath(name))} is no name of a pipeline`, {
      hint: 'use letters, digits, _ and -, a letter first, at most 255 in all',
    }),
  );
  return fallback;
}

function hintOf(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint };
}
