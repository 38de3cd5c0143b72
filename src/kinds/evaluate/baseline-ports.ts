import { listColumns, rankColumns } from '../../tables/evaluation-columns.js';
import type { Facts } from '../kind.js';
import type { InputPort, OutputPort } from '../port.js';

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
export function evaluationPorts(parameters: { readonly top_items?: number }): {
  readonly [port: string]: OutputPort;
} {
  return {
    ranks: {
      shape: { type: 'file', content: 'ranks' },
      description: "The rank of every query pair's next item.",
    },
    ...listPort(parameters),
  };
}

/** Where items are listed: which. */
export function listPort({ top_items }: { readonly top_items?: number | undefined }): {
  readonly [port: string]: OutputPort;
} {
  if (top_items === undefined) return {};
  return {
    top: {
      shape: { type: 'file', content: 'ranked-items' },
      description: 'The `top_items` items ranked first for every query pair.',
    },
  };
}

/** What is known of the ranks of every evaluation. */
export function evaluationFacts(): { readonly [port: string]: Facts } {
  return {
    ranks: { columns: Object.keys(rankColumns) },
    top: { columns: Object.keys(listColumns) },
  };
}
