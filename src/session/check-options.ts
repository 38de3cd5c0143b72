import type { Failure } from '../base/failure.js';
import { suggestion } from '../base/nearest-name.js';
import { shownValue } from './shown-value.js';

/** What an option, or an argument, may be. */
type Demand =
  | 'text'
  | 'texts'
  | 'flag'
  | 'flag or texts'
  | 'whole number'
  | 'count'
  | 'seconds'
  | 'signal'
  | 'function';

/** By its name. */
export interface Demands {
  readonly [name: string]: Demand;
}

const ofPipeline = {
  pipeline: 'text',
  targets: 'texts',
  set: 'texts',
  engine: 'text',
  python: 'text',
  executor: 'text',
  force: 'flag or texts',
} as const;

/** The options of each method of a project that takes some. */
export const optionsOf = {
  createProject: { folder: 'text', python: 'flag' },
  openProject: { root: 'text', folder: 'text' },
  graph: ofPipeline,
  plan: { ...ofPipeline, forRun: 'flag', tag: 'text' },
  status: ofPipeline,
  explain: ofPipeline,
  audit: {
    pipeline: 'text',
    set: 'texts',
    engine: 'text',
    python: 'text',
    output: 'function',
    signal: 'signal',
  },
  run: {
    ...ofPipeline,
    slots: 'whole number',
    keepGoing: 'flag',
    tag: 'text',
    inProcess: 'flag',
    verbose: 'flag',
    signal: 'signal',
  },
  query: { timeoutSeconds: 'seconds' },
  queryText: { timeoutSeconds: 'seconds', format: 'text', width: 'seconds', output: 'function' },
  queryParquet: { timeoutSeconds: 'seconds', path: 'text' },
  remakePage: { pdfFolder: 'text', widthInches: 'seconds' },
  pin: { pin: 'texts', unpin: 'texts' },
  removeRuns: { runs: 'texts' },
  collectGarbage: { keep: 'count', dryRun: 'flag' },
} as const satisfies { readonly [method: string]: Demands };

const words: { readonly [demand in Demand]: string } = {
  text: 'a string',
  texts: 'a list of strings',
  flag: 'true or false',
  'flag or texts': 'true, false or a list of strings',
  'whole number': 'a whole number from 1',
  count: 'a whole number from 0',
  seconds: 'a number above 0',
  signal: 'an AbortSignal',
  function: 'a function',
};

/**
 * What is wrong with the options that a script gives to a method, whose types nothing has checked where it is no
 * TypeScript: none, as it should be, or all that is wrong.
 */
export function wrongOptions(
  method: string,
  options: unknown,
  demands: Demands,
  required: readonly string[] = [],
): Failure[] {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    return [wrong(method, 'options', `must be an object, not ${shownValue(options)}`)];
  }
  const missing = required.filter((name) => (options as { [name: string]: unknown })[name] === undefined);
  const wanted = missing.map((name) => wrong(method, name, `is missing: ${words[demands[name] ?? 'text']}`));
  const unfit = Object.entries(options).flatMap(([name, value]) => {
    const demand = Object.hasOwn(demands, name) ? demands[name] : undefined;
    if (demand === undefined) {
      const hint = suggestion(name, Object.keys(demands));
      return [{ ...wrong(method, name, 'is no option'), ...(hint === undefined ? {} : { hint }) }];
    }
    return value === undefined || isFit(value, demand)
      ? []
      : [wrong(method, name, `must be ${words[demand]}, not ${shownValue(value)}`)];
  });
  return [...wanted, ...unfit];
}

/** What is wrong with an argument that must be text; none where it is, or is left out and may be. */
export function wrongText(
  method: string,
  name: string,
  value: unknown,
  { isOptional = false }: { readonly isOptional?: boolean } = {},
): Failure[] {
  if (typeof value === 'string' || (isOptional && value === undefined)) return [];
  return [wrong(method, name, `must be a string, not ${shownValue(value)}`)];
}

function wrong(method: string, name: string, what: string): Failure {
  return { reason: 'usage', message: `${method}: ${name} ${what}` };
}

function isFit(value: unknown, demand: Demand): boolean {
  switch (demand) {
    case 'text':
      return typeof value === 'string';
    case 'texts':
      return isTexts(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'flag or texts':
      return typeof value === 'boolean' || isTexts(value);
    case 'whole number':
      return Number.isSafeInteger(value) && (value as number) >= 1;
    case 'count':
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case 'seconds':
      return typeof value === 'number' && value > 0;
    case 'signal':
      return value instanceof AbortSignal;
    case 'function':
      return typeof value === 'function';
  }
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
