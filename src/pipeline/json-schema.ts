import { isJsonObject, type Json, type JsonObject } from '../base/json.js';
import { engineGroups, engines } from '../engines/registry.js';
import type { Kind } from '../kinds/kind.js';
import type { InputPort } from '../kinds/port.js';
import { kinds as allKinds } from '../kinds/registry.js';
import { batchProperties, executorNames } from './text/batch-options.js';

const reference = { $ref: '#/$defs/reference' };
const template = { $ref: '#/$defs/template' };

const pipelineProperties: JsonObject = {
  version: { description: 'The version of this format.', const: 1 },
  name: {
    description: "Name of the experiment; by default the file's.",
    type: 'string',
    pattern: '^[A-Za-z_][A-Za-z0-9_-]*$',
  },
  default: {
    description: 'Whether this is the pipeline to take where none is named.',
    type: 'boolean',
  },
  extends: {
    description: 'A pipeline to lay this one over, relative to this file; null takes out what it has.',
    type: 'string',
  },
  engine: { $ref: '#/$defs/engine' },
  params: {
    description: 'Values to refer to as ${params.NAME}.',
    type: 'object',
  },
  waive: {
    description: 'Steps that may learn or choose from test data; the report says so at its top.',
    type: 'array',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['step', 'reason'],
      properties: {
        step: { description: 'Name of the step.', type: 'string' },
        file: {
          description:
            'The file of test data that this is for, which the step or one before it reads; where it is one that a run made.',
          type: 'string',
        },
        reason: { description: 'Why this is right here.', type: 'string' },
      },
    },
  },
  steps: {
    description: 'The steps by name.',
    type: 'object',
    propertyNames: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_-]*$' },
    additionalProperties: { anyOf: [{ $ref: '#/$defs/step' }, { type: 'null' }] },
  },
  publish: {
    description:
      'Files of the project to keep up to date after every run: STEP.PORT, or run/FILE for a file of the run’s folder (run/figures/NAME@6.9.pdf is a figure in print, 6.9 inches wide), and the path. The ending says the form (csv, json, md, tex, parquet for tables); {label} stands for the element of a list, {tag} for the run.',
    type: 'object',
    propertyNames: { type: 'string', pattern: '^[A-Za-z_].*' },
    additionalProperties: {
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
        { type: 'null' },
      ],
    },
  },
};

/**
 * JSON Schema (draft 2020-12) of a pipeline's file, for completion and checks in editors: the steps of each kind with
 * its parameters and ports. `${...}` may stand for any value. It knows less than kshot: nothing of how steps fit.
 */
export function pipelineSchema(kinds: { readonly [name: string]: Kind } = allKinds): JsonObject {
  const names = Object.keys(kinds).sort();
  const named = names.flatMap((name) => {
    const kind = kinds[name];
    return kind === undefined ? [] : [kind];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'kshot pipeline',
    description: 'An experiment as a graph of steps.',
    type: 'object',
    additionalProperties: false,
    properties: pipelineProperties,
    if: { type: 'object', properties: { extends: true }, required: ['extends'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {},
    else: {
      type: 'object',
      required: ['version', 'steps'],
      properties: {
        version: true,
        steps: {
          type: 'object',
          additionalProperties: { type: 'object', properties: { kind: true }, required: ['kind'] },
        },
      },
    },
    $defs: {
      template: {
        description: 'A parameter in place of a value, or inside a text.',
        type: 'string',
        pattern: '\\$\\{',
      },
      reference: {
        description: 'STEP, STEP.PORT or STEP[NAME=VALUE].PORT; or a list of them.',
        anyOf: [
          { type: 'string', pattern: '^([A-Za-z_].*|.*\\$\\{.*)$' },
          { type: 'array', items: { type: 'string' } },
          { type: 'null' },
        ],
      },
      engine: {
        description:
          'What computes: an engine, auto for the best that there is, or tfjs for the best of its backends.',
        anyOf: [{ enum: [...engineGroups, ...Object.keys(engines).sort()] }, template],
      },
      step: {
        type: 'object',
        properties: {
          kind: {
            description: 'What the step does.',
            oneOf: named.map(({ name, summary }) => ({ const: name, description: summary })),
          },
        },
        allOf: named.map(({ name }) => ({
          if: { type: 'object', properties: { kind: { const: name } }, required: ['kind'] },
          // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
          then: { $ref: `#/$defs/${name}` },
        })),
      },
      ...Object.fromEntries(named.map((kind) => [kind.name, stepSchema(kind)])),
    },
  };
}

function stepSchema(kind: Kind): JsonObject {
  const { parameters, usesEngine } = kind;
  // A matrix, settings or an extended pipeline may give what `with` does not.
  const { $schema: _, required: __, ...schema } = parameters.schema as JsonObject;
  const properties = schema['properties'];
  return {
    description: kind.summary,
    type: 'object',
    additionalProperties: false,
    properties: {
      kind: { const: kind.name },
      in: portsSchema(kind, 'Where the inputs come from.'),
      over: portsSchema(kind, 'One node for each element of the list at this port.'),
      with: withTemplates({ description: 'Parameters.', ...schema }),
      matrix: {
        description: 'One node for each combination of these values.',
        type: 'object',
        ...(kind.declarations !== undefined
          ? { additionalProperties: axisSchema({ description: `A name under ${kind.declarations}.` }) }
          : isJsonObject(properties)
            ? {
                additionalProperties: schema['additionalProperties'] !== false,
                properties: Object.fromEntries(
                  Object.entries(properties).map(([name, property]) => [name, axisSchema(property)]),
                ),
              }
            : {}),
      },
      ...(kind.segmentsOf === undefined ? {} : { segments: segmentsSchema(kind) }),
      resources: {
        description: 'What the step needs of the machine; in no key.',
        type: 'object',
        additionalProperties: false,
        properties: {
          cpus: {
            description:
              'CPU slots, and threads of what computes: default one, of training all that are free; of a run with fewer (`-j`) as many as it has.',
            anyOf: [{ type: 'integer', minimum: 1 }, template],
          },
          memory: {
            description:
              'Memory, such as 4 GiB or 500 MB: nodes start as long as what they ask for is there.',
            type: 'string',
          },
          gpus: {
            description:
              'GPUs to have to itself while it runs: default one on a GPU engine, none for a program; on an engine for the CPU none is taken. 0 shares.',
            anyOf: [{ type: 'integer', minimum: 0 }, template],
          },
          time: {
            description: 'After how long it is ended, such as 2 h, 1 h 30 min or 90 s; default: never.',
            type: 'string',
          },
        },
      },
      retries: {
        description: 'How often a node that failed is tried again, each time in a fresh folder. Default 0.',
        anyOf: [{ type: 'integer', minimum: 0 }, template],
      },
      executor: {
        description: 'Where it runs: on the machine on which kshot is started, or as jobs of Slurm.',
        enum: executorNames,
      },
      slurm: {
        description: 'What its jobs ask of Slurm beside its resources; in no key.',
        type: 'object',
        additionalProperties: false,
        properties: batchProperties,
      },
      ...(usesEngine === true ? { engine: { $ref: '#/$defs/engine' } } : {}),
    },
  };
}

function segmentsSchema({ declarations }: Kind): JsonObject {
  return {
    description: 'A chain of nodes, each of which goes on from what the one before it left in KSHOT_STATE.',
    anyOf: [
      {
        type: 'object',
        additionalProperties: false,
        properties: {
          of: {
            description: `What counts them: a name under ${declarations}, which is in each node the end of its segment.`,
            type: 'string',
          },
          every: {
            description: 'How much of it a segment is; the last one may be shorter.',
            anyOf: [{ type: 'integer', minimum: 1 }, template],
          },
        },
      },
      { type: 'null' },
    ],
  };
}

function axisSchema(property: Json): JsonObject {
  const description = isJsonObject(property) ? property['description'] : undefined;
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: [{ type: 'array', minItems: 1, items: withTemplates(property) }, template, { type: 'null' }],
  };
}

function portsSchema({ inputs }: Kind, description: string): JsonObject {
  if (typeof inputs === 'function') return { description, type: 'object', additionalProperties: reference };
  return {
    description,
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(inputs).map(([name, port]) => [name, { description: describePort(port), ...reference }]),
    ),
  };
}

function describePort({ description, required, learns, chooses }: InputPort): string {
  return [
    description,
    required === false ? 'Optional.' : '',
    learns || chooses ? `The step ${learns ? 'learns' : 'chooses'} from it: no test data.` : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

/** The schema with `${...}` (and null, which takes out what an extended pipeline has) in place of every value. */
function withTemplates(schema: Json): Json {
  if (!isJsonObject(schema)) return schema;
  const { description, default: byDefault, ...rest } = schema;
  return {
    ...(description === undefined ? {} : { description }),
    ...(byDefault === undefined ? {} : { default: byDefault }),
    anyOf: [withTemplatesBelow(rest), template, { type: 'null' }],
  };
}

function withTemplatesBelow(schema: Json): Json {
  if (!isJsonObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]): [string, Json] => {
      switch (keyword) {
        case 'properties':
        case 'patternProperties':
          return [keyword, mapObject(value, withTemplates)];
        case 'items':
        case 'additionalProperties':
          return [keyword, withTemplates(value)];
        case 'prefixItems':
          return [keyword, Array.isArray(value) ? value.map(withTemplates) : value];
        case 'anyOf':
        case 'oneOf':
        case 'allOf':
          return [keyword, Array.isArray(value) ? value.map(withTemplatesBelow) : value];
        default:
          return [keyword, value];
      }
    }),
  );
}

function mapObject(value: Json, transform: (value: Json) => Json): Json {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, below]) => [name, transform(below)]));
}
