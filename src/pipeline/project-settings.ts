import { join } from 'node:path';
import type { Failure } from '../base/failure.js';
import { lookAtPath } from '../base/files/user-path.js';
import type { JsonObject } from '../base/json.js';
import { failed, type Result, success } from '../base/result.js';
import { type Complete, declareParameters } from '../kinds/parameters.js';
import { loadSettingsValidator, type ParameterError, parameterErrors } from './graph/parameter-errors.js';
import { batchProperties, executorNames } from './text/batch-options.js';
import {
  failureAt,
  findWritten,
  type LocatedMap,
  type LocatedValue,
  toJsonObject,
} from './text/located-value.js';
import { readMapFile } from './text/read-pipeline.js';

/** The file at a project's root that says where its steps run. */
export const settingsFile = 'kshot.yaml';

/** All that it may say: what reads it, what editors check it by, and the type of what is read come from here. */
export const settingsDeclaration = declareParameters({
  title: 'kshot project',
  description: 'Where the steps of a project run. Nothing of it is in a key by itself.',
  properties: {
    python: {
      description:
        'The Python of steps of kind `python`, of models of your own and of the engine torch: an interpreter, the folder of its environment, or a name in PATH. Paths count from the root. Default: that of the environment which is active, else the first python3 of PATH.',
      type: 'string',
      minLength: 1,
      examples: ['.venv', '/usr/bin/python3.12'],
    },
    executor: {
      description: 'Where steps run that do not say so themselves: here, or as jobs of Slurm.',
      enum: executorNames,
    },
    resources: {
      description:
        'What steps ask for, here and in jobs, that do not say so themselves; those that only read and choose ask for nothing. GPUs are asked for by the steps that use them.',
      type: 'object',
      additionalProperties: false,
      properties: {
        cpus: { description: 'CPU slots.', type: 'integer', minimum: 1 },
        memory: { description: 'Memory, such as 4 GiB or 500 MB.', type: 'string' },
        time: { description: 'After how long a node is ended, such as 2 h or 90 s.', type: 'string' },
      },
    },
    slurm: {
      description: 'What jobs ask of Slurm beside the resources of their steps, and how many there may be.',
      type: 'object',
      additionalProperties: false,
      properties: {
        ...batchProperties,
        jobs: {
          description: 'How many jobs may be in the queue at once, of one sort.',
          type: 'integer',
          minimum: 1,
        },
        answer_wait: {
          description: 'How long the answer of a job that has ended is waited for, such as 60 s.',
          type: 'string',
        },
      },
    },
    cache: {
      description: 'Where the cache is, and what stands behind it.',
      type: 'object',
      additionalProperties: false,
      properties: {
        path: {
          description:
            'A folder outside of the project in the place of `cache/` at its root; clones and hosts that name the same share it. Paths count from the root; `~/` is the home folder.',
          type: 'string',
          minLength: 1,
          examples: ['/group/kshot-cache', '../kshot-cache', '~/kshot-cache'],
        },
        remote: {
          description:
            'A cache that colleagues, a group or a CI share; the variable KSHOT_REMOTE goes before its mode.',
          type: 'object',
          additionalProperties: false,
          required: ['url'],
          properties: {
            url: {
              description:
                'A web server (Bazel’s HTTP layout) or a bucket (`s3://bucket/prefix`); it holds no secret.',
              type: 'string',
              minLength: 1,
              examples: ['https://cache.example.org/kshot', 's3://my-bucket/kshot'],
            },
            mode: {
              description: '`read` only takes from it; `read_write` also sends what is computed.',
              enum: ['read', 'read_write'],
              default: 'read',
            },
          },
        },
      },
    },
  },
});

/** What the settings of a project say. */
export interface ReadSettings {
  readonly settings: Complete<typeof settingsDeclaration>;
  /** Where a setting is written; where it is not, the file as a whole. */
  readonly placeOf: (...path: readonly string[]) => LocatedValue;
}

/** JSON Schema (draft 2020-12) of kshot.yaml, for completion and checks in editors. */
export function settingsSchema(): JsonObject {
  return settingsDeclaration.schema as JsonObject;
}

/** Reads the settings of a project; the defaults where it has no such file, or nothing stands in it. */
export async function readProjectSettings(root: string): Promise<Result<ReadSettings, Failure[]>> {
  const path = join(root, settingsFile);
  const look = lookAtPath(path);
  if (!look.ok && look.failure === 'absent') return success(asSettings(nothingWritten));
  const read = readMapFile(root, path, {
    what: settingsFile,
    hint: 'such as python: .venv',
    mayBeEmpty: true,
  });
  if (!read.ok) return read;
  const kind = { name: settingsFile, parameters: settingsDeclaration };
  const errors = parameterErrors(kind, await loadSettingsValidator(), toJsonObject(read.value));
  return errors.length > 0
    ? failed(errors.map((error) => asFailure(error, read.value)))
    : success(asSettings(read.value));
}

const nothingWritten: LocatedMap = {
  type: 'map',
  location: { file: settingsFile, line: 1, column: 1, length: 1, lineText: '' },
  entries: new Map(),
};

function asSettings(written: LocatedMap): ReadSettings {
  return {
    settings: settingsDeclaration.complete(toJsonObject(written)),
    placeOf: (...path) => findWritten(written, path).place ?? written,
  };
}

function asFailure({ path, type, message, hint }: ParameterError, written: LocatedMap): Failure {
  const { place = written, name } = findWritten(written, path);
  if (type === 'unknown') {
    return failureAt(name === undefined ? place : { location: name }, 'unknown-key', message, { hint });
  }
  return failureAt(place, type === 'missing' ? 'missing-key' : 'invalid-value', message, { hint });
}
