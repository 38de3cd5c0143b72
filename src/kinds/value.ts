import type { Kind } from './kind.js';
import { fileOf } from './shapes.js';

/** A literal: whatever stands under `with`, as JSON. */
export const value: Kind = {
  name: 'value',
  summary: 'Writes its `with` as JSON: a constant of the experiment, or a row made by hand.',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    description: 'Any names and values; written as they are, names sorted.',
    additionalProperties: true,
  },
  inputs: {},
  outputs: {
    value: {
      shape: fileOf('value'),
      description: 'The value of `with`, as canonical JSON.',
    },
  },
  load: () => import('./value-body.js'),
};
