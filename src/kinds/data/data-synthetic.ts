import { mostTracks } from '../../data/synthetic-catalogue.js';
import { defineKind } from '../kind.js';
import { type Canonical, declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';

const parameters = declareParameters(
  {
    properties: {
      users: {
        description: 'Learners; nearly all have the 15 pairs that K = 5 and Q = 10 take.',
        type: 'integer',
        minimum: 1,
        maximum: 1000000,
        default: 1200,
      },
      items: {
        description: 'Courses.',
        type: 'integer',
        minimum: 8,
        maximum: 100000,
        default: 343,
      },
      tracks: {
        description:
          'Without repeats, in how many tracks each of the four subjects can be taken, at most as many as leave five levels each; default 6. With repeats, courses of study, each with an order of its own over partly the same items; default 12.',
        type: 'integer',
        minimum: 1,
        maximum: 1000,
      },
      repeats: {
        description:
          'Without, each item is taken once and a learner goes through four subjects in turn, in each along a track that is to its own taste, which tests whether a taste is inferred from the support. With, learners go round a few items and take them again, which tests whether the support is remembered.',
        type: 'boolean',
        default: false,
      },
      seed: {
        description: 'Another seed makes another world.',
        type: 'integer',
        minimum: 0,
        default: 0,
      },
    },
  },
  {
    canonical: {
      tracks: (tracks: number | undefined, { repeats }: { readonly repeats: boolean }) =>
        tracks ?? (repeats ? 12 : 6),
    },
  },
);

/** What reaches the body. */
export type SyntheticParameters = Canonical<typeof parameters>;

/** Made-up learners. */
export const dataSynthetic = defineKind({
  name: 'data.synthetic',
  summary:
    'Makes up interactions: learners with latent tastes who take course sequences in sessions, with popularity skew. It stands for no real data set.',
  parameters,
  inputs: {},
  outputs: {
    interactions: {
      shape: fileOf('interactions'),
      description: 'position, user_id, item_id, timestamp (epoch seconds), in order of time.',
      from: [],
    },
  },
  remarks: ({ items, tracks, repeats }, { names }) => {
    const most = mostTracks(items);
    if (repeats || tracks === undefined || tracks <= most || !names.includes('tracks')) return [];
    return [
      {
        path: ['tracks'],
        message: `of tracks: ${tracks} there are ${most}, which leave five levels each of ${items} items`,
      },
    ];
  },
  load: () => import('./data-synthetic-body.js'),
});
