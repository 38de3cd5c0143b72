import { defineKind } from '../kind.js';
import { declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';

const parameters = declareParameters({
  properties: {},
});

/** What the data is, in one JSON. */
export const dataFingerprint = defineKind({
  name: 'data.fingerprint',
  summary:
    'Describes data in one JSON: digest, rows, schema and column statistics of each file; of splits, that they share no user, or that what is asked of shared ones is not in train and not before it; of episodes, that support precedes query, and how often only the position in the file says so; of val and test, how many labels stand in the support or never in train, and the share of train that is later.',
  parameters,
  inputs: {
    data: {
      shape: { type: 'any' },
      description: 'Any data; proofs are made where it holds train, val and test.',
    },
  },
  outputs: {
    fingerprint: { shape: fileOf('fingerprint'), description: 'The JSON.' },
  },
  slots: 'free',
  load: () => import('./data-fingerprint-body.js'),
});
