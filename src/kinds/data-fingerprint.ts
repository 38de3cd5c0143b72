import type { Kind } from './kind.js';
import { fileOf } from './shapes.js';

/** What the data is, in one JSON. */
export const dataFingerprint: Kind = {
  name: 'data.fingerprint',
  summary:
    'Describes data in one JSON: digest, rows, schema and column statistics of each file; of splits, that they share no user; of episodes, that support precedes query, and how often only the position in the file says so.',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: {},
  },
  inputs: {
    data: {
      shape: { type: 'any' },
      description: 'Any data; proofs are made where it holds train, val and test.',
    },
  },
  outputs: {
    fingerprint: { shape: fileOf('fingerprint'), description: 'The JSON.' },
  },
  canonical: () => ({}),
  slots: 'free',
  load: () => import('./data-fingerprint-body.js'),
};
