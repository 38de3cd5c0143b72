import type { Content, PortShape } from './port.js';

/** The shape of one file. */
export function fileOf<Of extends Content>(content: Of): { readonly type: 'file'; readonly content: Of } {
  return { type: 'file', content };
}

/** Pairs of one split, the episodes made of them, and what the item ids stand for. */
export const episodeFiles = {
  type: 'bundle',
  ports: { pairs: fileOf('pairs'), episodes: fileOf('episodes'), items: fileOf('items') },
} satisfies PortShape;
