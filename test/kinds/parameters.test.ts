import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/base/json.js';
import { isName } from '../../src/base/own-properties.js';
import { declareParameters, inNoKey, type JsonSchema } from '../../src/kinds/parameters.js';
import { kinds } from '../../src/kinds/registry.js';
import { loadValidators, parameterErrors } from '../../src/pipeline/graph/parameter-errors.js';

const validators = await loadValidators();

/** The parameters of each kind that stand in a key as something else, or sometimes or always not at all. */
const ofPrograms = [
  'params',
  'files',
  'outputs',
  'env',
  'pass_env',
  'chooses',
  'learns',
  'deterministic',
  'tables',
];
const ofModels = ['embedding_size', 'hidden_size'];
const haveForms: { readonly [kind: string]: readonly string[] } = {
  'baseline.markov': ['max_prefix_length'],
  breakdown: ['train_count', 'prefix_length', 'history_length'],
  command: ['argv', 'shell', ...ofPrograms],
  python: ['script', 'module', 'args', ...ofPrograms],
  'data.files': ['train', 'val', 'test', 'items'],
  'data.import': ['path'],
  // What leaving out the last pairs does not look at, and what it alone does.
  'data.split': ['train', 'val', 'test', 'seed', 'leave_out'],
  // As many as fit whether learners take items again.
  'data.synthetic': ['tracks'],
  document: ['content'],
  'eval.few_shot': ['steps', 'k', 'inner_lr', 'adapt'],
  // Of the algorithms that have them; the usual one is not written.
  'maml.train': [
    'algorithm',
    'step_loss_iterations',
    'lambda_residual',
    'second_order',
    'learn_rates',
    'outer_lr_schedule',
    'outer_lr_min',
    'momentum',
    'weight_decay',
    ...ofModels,
  ],
  'model.import': ['path'],
  select: ['settings', 'average'],
  'supervised.train': ['momentum', 'weight_decay', ...ofModels],
};

function matching(pattern: string): readonly string[] {
  const texts = ['"', 'none', 'a', 'models/net.py:Net'].filter((text) => new RegExp(pattern).test(text));
  if (texts.length === 0) throw new Error(`no example here matches ${pattern}: add one`);
  return texts;
}

/** Values that a schema allows, by the keywords that kinds use. */
function valuesOf(schema: JsonSchema): fc.Arbitrary<Json> {
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as readonly Json[]));
  if (Array.isArray(schema['anyOf'])) return fc.oneof(...schema['anyOf'].map(valuesOf));
  const {
    minimum = 0,
    exclusiveMinimum,
    maximum = 1000,
    exclusiveMaximum,
  } = schema as {
    readonly [keyword: string]: number | undefined;
  };
  const typed: { readonly [type: string]: () => fc.Arbitrary<Json> } = {
    integer: () => fc.integer({ min: minimum, max: Math.min(maximum, 1000) }),
    number: () =>
      fc.double({
        min: exclusiveMinimum ?? minimum,
        max: exclusiveMaximum ?? Math.min(maximum, 1000),
        minExcluded: exclusiveMinimum !== undefined,
        maxExcluded: exclusiveMaximum !== undefined,
        noNaN: true,
      }),
    string: () =>
      schema['pattern'] === undefined
        ? fc.stringMatching(/^[a-z]{1,8}$/)
        : fc.constantFrom(...matching(String(schema['pattern']))),
    boolean: () => fc.boolean(),
    null: () => fc.constant(null),
    array: () =>
      fc.uniqueArray(valuesOf(schema['items'] as JsonSchema), {
        minLength: (schema['minItems'] as number | undefined) ?? 0,
        maxLength: 3,
      }),
    object: () =>
      schema['properties'] === undefined
        ? fc.dictionary(
            fc.stringMatching(/^[a-z]{1,8}$/),
            typeof schema['additionalProperties'] === 'object'
              ? valuesOf(schema['additionalProperties'] as JsonSchema)
              : fc.integer(),
            { maxKeys: 3, noNullPrototype: true },
          )
        : parametersOf(schema),
  };
  return fc.oneof(...[schema['type']].flat().map((type) => typed[String(type)]?.() ?? fc.constant(null)));
}

function parametersOf(schema: JsonSchema): fc.Arbitrary<JsonObject> {
  const properties = Object.entries((schema['properties'] ?? {}) as { [name: string]: JsonSchema });
  return fc.record(Object.fromEntries(properties.map(([name, one]) => [name, valuesOf(one)])), {
    requiredKeys: (schema['required'] ?? []) as string[],
    noNullPrototype: true,
  });
}

it('parameters of any name are in the key as they are', () => {
  const { complete, canonical } = declareParameters({ additionalProperties: true });
  const names = fc.oneof(fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype)), fc.string());
  const given = fc.dictionary(names.filter(isName), fc.oneof(fc.integer(), fc.string()), {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(given, (values) => {
      expect(canonical(complete(values))).toEqual(values);
      expect(Object.keys(canonical(complete(values)))).toEqual(Object.keys(values));
    }),
  );
});

describe.each(Object.keys(kinds))('the parameters of %s', (name) => {
  const kind = kinds[name];
  const validator = validators[name];
  if (kind === undefined || validator === undefined) throw new Error(`${name} is not built`);
  const { schema, settings, complete, canonical } = kind.parameters;
  const declared = Object.keys((schema['properties'] ?? {}) as object);
  const plain = declared.filter((one) => !haveForms[name]?.includes(one));

  it('are each in the key as they are, but for those known to have a form', () => {
    fc.assert(
      fc.property(parametersOf(schema), (given) => {
        expect(parameterErrors(kind, validator, given)).toEqual([]);
        const whole = complete(given);
        const final = canonical(whole);
        for (const one of plain) expect(final[one]).toEqual(whole[one]);
      }),
      { numRuns: 30 },
    );
  });

  it('are the same in the key whether a default is written or left out', () => {
    fc.assert(
      fc.property(parametersOf(schema), (given) => {
        expect(canonical(complete(complete(given)))).toEqual(canonical(complete(given)));
      }),
      { numRuns: 30 },
    );
  });

  it('have defaults that the schema allows, and settings that it knows', () => {
    for (const [one, property] of Object.entries(
      (schema['properties'] ?? {}) as { [name: string]: JsonSchema },
    )) {
      if (property['default'] === undefined) continue;
      const errors = parameterErrors(kind, validator, { [one]: property['default'] as Json });
      expect(errors.filter(({ path }) => path[0] === one)).toEqual([]);
    }
    expect(declared).toEqual(expect.arrayContaining([...settings]));
  });
});

it('the parameters that have a form are parameters', () => {
  for (const [name, forms] of Object.entries(haveForms)) {
    expect(Object.keys(kinds[name]?.parameters.schema['properties'] as object)).toEqual(
      expect.arrayContaining([...forms]),
    );
  }
});

describe('declared parameters', () => {
  const declared = declareParameters(
    {
      required: ['path'],
      properties: {
        path: { type: 'string' },
        rate: { type: 'number', default: 0.5 },
        way: { enum: ['up', 'down'], default: 'up' },
        deep: { type: 'object', properties: { size: { type: 'integer', default: 3 } }, default: {} },
        seed: { type: 'integer' },
      },
    },
    { canonical: { path: inNoKey, rate: (rate, { way }) => (way === 'up' ? rate : undefined) } },
  );

  it('have the types that their schema says', () => {
    const whole = declared.complete({ path: 'a' });
    const up: 'up' | 'down' = whole.way;
    const size: number | undefined = whole.deep.size;
    // @ts-expect-error It may be left out and has no default.
    const seed: number = whole.seed;
    const final = declared.canonical(whole);
    // @ts-expect-error It is in no key.
    expect(final.path).toBeUndefined();
    // @ts-expect-error It is not always there.
    const rate: number = final.rate;
    expect({ up, size, seed, rate }).toEqual({ up: 'up', size: undefined, seed: undefined, rate: 0.5 });
  });

  it('fill in what is left out below what is given, too', () => {
    expect(declared.complete({ path: 'a', deep: { other: 1 } })).toMatchObject({
      deep: { other: 1, size: 3 },
    });
  });

  it('leave out what a form leaves out, and nothing else', () => {
    expect(declared.canonical(declared.complete({ path: 'a', way: 'down', seed: 0 }))).toEqual({
      way: 'down',
      deep: {},
      seed: 0,
    });
  });
});
