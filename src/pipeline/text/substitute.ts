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
  const substitution = new Substitution(pipeline.entries.get('params')?.value, report);
  return { pipeline: substitution.fill(pipeline) as LocatedMap, used: substitution.used };
}

class Substitution {
  readonly used = new Set<string>();
  private readonly resolved = new Map<string, LocatedValue | undefined>();
  /** Paths of the parameters that are being filled in, from the outside in. */
  private readonly open: string[] = [];
  private readonly sizeOf = createSizeReader();
  private inserted = 0;

  constructor(
    private readonly params: LocatedValue | undefined,
    private readonly report: ReportFailure,
  ) {}

  fill(value: LocatedValue): LocatedValue {
    switch (value.type) {
      case 'scalar':
        return hasTemplate(value) ? this.fillText(value, value.value) : value;
      case 'list': {
        const elements = value.elements.map((element) => this.fill(element));
        return elements.some((element, index) => element !== value.elements[index])
          ? { ...value, elements }
          : value;
      }
      case 'map': {
        const entries = new Map(
          [...value.entries].map(
            ([key, entry]) => [key, { ...entry, value: this.fill(entry.value) }] as const,
          ),
        );
        return { ...value, entries };
      }
    }
  }

  private fillText(scalar: LocatedScalar, text: string): LocatedValue {
    const whole = /^\$\{([^}]*)\}$/.exec(text);
    if (whole !== null) {
      const value = this.parameter(whole[1] ?? '', scalar);
      if (value === undefined) return unknown(scalar);
      return { ...value, location: scalar.location, origin: value.origin ?? value.location };
    }
    let isKnown = true;
    const filled = text.replaceAll(template, (match, expression: string | undefined) => {
      if (expression === undefined) return match === '$${' ? '${' : match;
      const value = this.parameter(expression, scalar);
      if (value?.type === 'scalar' && value.unknown !== true) return scalarText(value.value);
      isKnown = false;
      if (value === undefined || value.type === 'scalar') return '';
      const message = `${match} is a ${value.type} and cannot be part of a text`;
      this.report(failureAt(scalar, 'invalid-value', message, { hint: `write "${match}" alone` }));
      return '';
    });
    return isKnown ? { ...scalar, value: filled } : unknown(scalar);
  }

  /** What a template stands for; undefined where that is nothing, or too much, which is reported. */
  private parameter(expression: string, at: LocatedScalar): LocatedValue | undefined {
    const path = /^\s*params((?:\.[^.\s]+)+)\s*$/.exec(expression)?.[1]?.slice(1);
    if (path === undefined) {
      this.report(
        failureAt(at, 'unknown-parameter', `\${${expression}} is no parameter`, {
          hint: 'write ${params.NAME}, or $${ for the two characters themselves',
        }),
      );
      return undefined;
    }
    this.used.add(path);
    const value = this.resolve(path, at);
    if (value === undefined) return undefined;
    const before = this.inserted;
    this.inserted += this.sizeOf(value);
    if (this.inserted <= insertedLimit) return value;
    if (before <= insertedLimit) {
      const message = `the parameters put in up to here are larger than ${insertedLimit}`;
      this.report(failureAt(at, 'yaml-alias-bomb', message));
    }
    return undefined;
  }

  private resolve(path: string, at: LocatedScalar): LocatedValue | undefined {
    const { open, resolved } = this;
    const loop = open.indexOf(path);
    if (loop !== -1) {
      const names = [...open.slice(loop), path].map((name) => `params.${name}`);
      this.report(failureAt(at, 'cycle', `parameters go round in a circle: ${names.join(' -> ')}`));
      return undefined;
    }
    if (resolved.has(path)) return resolved.get(path);
    if (open.length >= chainLimit) {
      const message = `more than ${chainLimit} parameters stand for one another here`;
      this.report(failureAt(at, 'invalid-value', message));
      return undefined;
    }
    open.push(path);
    const found = this.find(path.split('.'), at);
    resolved.set(path, found);
    open.pop();
    return found;
  }

  /** The parameter with all templates in it filled in; templates on the way to it are followed. */
  private find(path: readonly string[], at: LocatedScalar): LocatedValue | undefined {
    let value = this.params;
    for (const [index, name] of path.entries()) {
      if (value?.type === 'scalar' && hasTemplate(value)) value = this.fill(value);
      const below = value && childOf(value, name);
      if (below === undefined) {
        const start = ['params', ...path.slice(0, index)].join('.');
        const known = value?.type === 'map' ? [...value.entries.keys()] : [];
        const hint = suggestion(name, known, (one) => `${start}.${one}`);
        this.report(failureAt(at, 'unknown-parameter', `there is no parameter ${start}.${name}`, { hint }));
        return undefined;
      }
      value = below;
    }
    return value && this.fill(value);
  }
}

function hasTemplate(scalar: LocatedScalar): scalar is LocatedScalar & { readonly value: string } {
  return typeof scalar.value === 'string' && scalar.value.includes('${');
}

function childOf(value: LocatedValue, name: string): LocatedValue | undefined {
  if (value.type === 'map') return value.entries.get(name)?.value;
  return value.type === 'list' && /^\d+$/.test(name) ? value.elements[Number(name)] : undefined;
}

/** How many characters and values something is; each value is counted once. */
function createSizeReader(): (value: LocatedValue) => number {
  const sizes = new WeakMap<LocatedValue, number>();
  const measure = (value: LocatedValue): number => {
    switch (value.type) {
      case 'scalar':
        return typeof value.value === 'string' ? 1 + value.value.length : 1;
      case 'list':
        return value.elements.reduce((sum, element) => sum + sizeOf(element), 1);
      case 'map':
        return [...value.entries].reduce((sum, [key, entry]) => sum + key.length + sizeOf(entry.value), 1);
    }
  };
  const sizeOf = (value: LocatedValue): number => {
    const size = sizes.get(value) ?? measure(value);
    sizes.set(value, size);
    return size;
  };
  return sizeOf;
}

function scalarText(value: LocatedScalar['value']): string {
  return typeof value === 'number' ? numberText(value) : String(value);
}

function unknown(scalar: LocatedScalar): LocatedScalar {
  return { ...scalar, value: null, unknown: true };
}
