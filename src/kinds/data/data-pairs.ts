import { defineKind } from '../kind.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';

const parameters = declareParameters({
  properties: {
    session_gap_seconds: {
      description: 'A longer pause than this ends a session.',
      type: 'number',
      exclusiveMinimum: 0,
      default: 1800,
    },
    ties: {
      description:
        'Whether to keep pairs whose label has the same time as the event before it, so that only the position in the file orders them.',
      enum: ['keep', 'drop'],
      default: 'keep',
    },
    max_prefix_length: {
      description:
        'A longer prefix is stored by its last items only. The model has a limit of its own (50) and cuts further; this one keeps a session of n events from taking n²/2 items.',
      type: 'integer',
      minimum: 1,
      maximum: 10000,
      default: 200,
    },
  },
});

/** What reaches the body. */
export type PairsParameters = Canonical<typeof parameters>;

/** From events to (prefix, next item) pairs. */
export const dataPairs = defineKind({
  name: 'data.pairs',
  summary:
    'Cuts each user’s events, ordered by time and then position in the file, into sessions, and gives every prefix of a session with the item that followed it.',
  parameters,
  inputs: {
    interactions: {
      shape: fileOf('interactions'),
      description: 'position, user_id, item_id, timestamp.',
    },
  },
  outputs: {
    pairs: {
      shape: fileOf('pairs'),
      description:
        'pair_id, user_id, session_id, prefix (item ids, oldest first), label, label_ts_epoch, prefix_len; in order of user, time and position.',
    },
    items: {
      shape: fileOf('items'),
      description: 'Name -> id of every item of the interactions: ids 0, 1, … in order of name.',
      from: [],
    },
  },
  slots: 'free',
  load: () => import('./data-pairs-body.js'),
});
