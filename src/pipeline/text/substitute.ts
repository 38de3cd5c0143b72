import { suggestion } from '../../base/nearest-name.js';
import { numberText } from '../../base/number-text.js';
import {
  failureAt,
  type LocatedMap,
  type LocatedScalar,
  type LocatedValue,
  type ReportFailure,
} from './located-value.js';

/** Characters and values that `${...}` may put in, all together. */
const insertedLimit = 10_000_000;
/** How many parameters may stand for one another in a row. */
const chainLimit = 20;
const template = /\$\$\{|\$\{([^}]*)\}/g;

export interface Substituted {
  readonly pipeline: LocatedMap;
  /** Paths under `params` that something refers to, such as `seed` or `data.path`. */
  readonly used: ReadonlySet<string>;
}

/**
 * Puts parameters in place of `${params.x.y}` in every value. Text that is nothing but one template takes the
 * parameter's value with its type; inside other text a scalar is written out. `$${` stands for `${`. Parameters may
 * refer to parameters.
 */
export function substitute(pipeline: LocatedMap, report: ReportFailure): Substituted {
  const used = new Set<string>();
  const resolved = new Map<string, LocatedValue | undefined>();
  const open: string[] = [];
  const sizes = new WeakMap<LocatedValue, number>();
  let inserted = 0;
  const params = pipeline.entries.get('params')?.value;

  const fill = (value: LocatedValue): LocatedValue => {
    switch (value.type) {
      case 'scalar':
        return typeof value.value === 'string' && value.value.includes('${')
          ? fillText(value, value.value)
          : value;
      case 'list': {
        const elements = value.elements.map(fill);
        return elements.some((element, index) => element !== value.elements[index])
          ? { ...value, elements }
          : value;
      }
      case 'map': {
        const entries = new Map(
          [...value.entries].map(([key, entry]) => [key, { ...entry, value: fill(entry.value) }] as const),
        );
        return { ...value, entries };
      }
    }
  };

  const fillText = (scalar: LocatedScalar, text: string): LocatedValue => {
    const whole = /^\$\{([^}]*)\}$/.exec(text);
    if (whole !== null) {
      const value = parameter(whole[1] ?? '', scalar);
      if (value === undefined) return unknown(scalar);
      return { ...value, location: scalar.location, origin: value.origin ?? value.location };
    }
    let known = true;
    const filled = text.replaceAll(template, (match, expression: string | undefined) => {
      if (expression === undefined) return match === '$${' ? '${' : match;
      const value = parameter(expression, scalar);
      if (value?.type === 'scalar' && value.unknown !== true) return scalarText(value.value);
      known = false;
      if (value === undefined || value.type === 'scalar') return '';
      report(
        failureAt(scalar, 'invalid-value', `${match} is a ${value.type} and cannot be part of a text`, {
          hint: `write "${match}" alone`,
        }),
      );
      return '';
    });
    return known ? { ...scalar, value: filled } : unknown(scalar);
  };

  const parameter = (expression: string, at: LocatedScalar): LocatedValue | undefined => {
    const path = /^\s*params((?:\.[^.\s]+)+)\s*$/.exec(expression)?.[1]?.slice(1);
    if (path === undefined) {
      report(
        failureAt(at, 'unknown-parameter', `\${${expression}} is no parameter`, {
          hint: 'write ${params.NAME}, or $${ for the two characters themselves',
        }),
      );
      return undefined;
    }
    used.add(path);
    const loop = open.indexOf(path);
    if (loop !== -1) {
      const names = [...open.slice(loop), path].map((name) => `params.${name}`);
      report(failureAt(at, 'cycle', `parameters go round in a circle: ${names.join(' -> ')}`));
      return undefined;
    }
    if (!resolved.has(path)) {
      if (open.length >= chainLimit) {
        report(
          failureAt(at, 'invalid-value', `more than ${chainLimit} parameters stand for one another here`),
        );
        return undefined;
      }
      open.push(path);
      resolved.set(path, find(path, at));
      open.pop();
    }
    const value = resolved.get(path);
    if (value === undefined) return undefined;
    const before = inserted;
    inserted += sizeOf(value);
    if (inserted <= insertedLimit) return value;
    if (before <= insertedLimit) {
      report(
        failureAt(at, 'yaml-alias-bomb', `the parameters put in up to here are larger than ${insertedLimit}`),
      );
    }
    return undefined;
  };

  /** The parameter with all templates in it filled in; templates on the way to it are followed. */
  const find = (path: string, at: LocatedScalar): LocatedValue | undefined => {
    let value: LocatedValue | undefined = params;
    const names = path.split('.');
    for (const [index, name] of names.entries()) {
      if (value?.type === 'scalar' && typeof value.value === 'string' && value.value.includes('${')) {
        value = fill(value);
      }
      const below: LocatedValue | undefined =
        value?.type === 'map'
          ? value.entries.get(name)?.value
          : value?.type === 'list' && /^\d+$/.test(name)
            ? value.elements[Number(name)]
            : undefined;
      if (below === undefined) {
        const start = names
          .slice(0, index)
          .map((one) => `${one}.`)
          .join('');
        const known = value?.type === 'map' ? [...value.entries.keys()] : [];
        report(
          failureAt(at, 'unknown-parameter', `there is no parameter params.${start}${name}`, {
            hint: suggestion(name, known, (one) => `params.${start}${one}`),
          }),
        );
        return undefined;
      }
      value = below;
    }
    return value === undefined ? undefined : fill(value);
  };

  const sizeOf = (value: LocatedValue): number => {
    const known = sizes.get(value);
    if (known !== undefined) return known;
    let size = 1;
    if (value.type === 'scalar') size += typeof value.value === 'string' ? value.value.length : 0;
    else if (value.type === 'list') for (const element of value.elements) size += sizeOf(element);
    else for (const [key, entry] of value.entries) size += key.length + sizeOf(entry.value);
    sizes.set(value, size);
    return size;
  };

  return { pipeline: fill(pipeline) as LocatedMap, used };
}

function scalarText(value: LocatedScalar['value']): string {
  return typeof value === 'number' ? numberText(value) : String(value);
}

function unknown(scalar: LocatedScalar): LocatedScalar {
  return { ...scalar, value: null, unknown: true };
}
