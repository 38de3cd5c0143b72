import { rankColumns } from '../../tables/evaluation-columns.js';
import type { Facts, InputPort, OutputPort } from '../kind.js';

/** What a baseline counts or compares with. */
export const trainPort: InputPort = {
  shape: {
    type: 'bundle',
    ports: { pairs: { type: 'file', content: 'pairs' }, items: { type: 'file', content: 'items' } },
  },
  description: 'All pairs of the training users.',
  learns: true,
};

/** As `eval.zero_shot` has it. */
export const episodesPort: InputPort = {
  shape: {
    type: 'bundle',
    ports: {
      pairs: { type: 'file', content: 'pairs' },
      episodes: { type: 'file', content: 'episodes' },
      items: { type: 'file', content: 'items' },
    },
  },
  description: 'The episodes of the users to evaluate on; only their query pairs count.',
};

/** As `eval.zero_shot` has them. */
export const evaluationPorts: { readonly [port: string]: OutputPort } = {
  ranks: {
    shape: { type: 'file', content: 'ranks' },
    description: "The rank of every query pair's next item.",
  },
};

/** What is known of the ranks of every evaluation. */
export function evaluationFacts(): { readonly [port: string]: Facts } {
  return {
    ranks: { columns: Object.keys(rankColumns) },
  };
}
