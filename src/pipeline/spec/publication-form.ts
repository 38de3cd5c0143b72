import { extname } from 'node:path';
import type { Content } from '../../kinds/port.js';

/** How a published file is made of what it shows: rows written anew in this form, or the bytes as they are. */
export type PublicationForm = 'bytes' | 'csv' | 'json' | 'md' | 'tex';

/** The endings of a file of rows, and the form that each stands for; parquet is what rows are kept as. */
const formsOfRows: ReadonlyMap<string, PublicationForm> = new Map([
  ['.csv', 'csv'],
  ['.json', 'json'],
  ['.md', 'md'],
  ['.tex', 'tex'],
  ['.parquet', 'bytes'],
]);

/** Endings that promise something to look at. */
const pictures = ['.png', '.svg', '.html'];

/** What a file of each content is made of, which decides the forms that it has. */
const natures: { readonly [content in Content]: 'rows' | 'json' | 'weights' | 'bytes' } = {
  interactions: 'rows',
  pairs: 'rows',
  episodes: 'rows',
  history: 'rows',
  metrics: 'rows',
  ranks: 'rows',
  'ranked-items': 'rows',
  drift: 'rows',
  'drift-summary': 'rows',
  summary: 'rows',
  breakdown: 'rows',
  items: 'json',
  fingerprint: 'json',
  settings: 'json',
  row: 'json',
  value: 'json',
  model: 'weights',
  'training-state': 'weights',
  table: 'rows',
  figure: 'bytes',
  folder: 'bytes',
  bytes: 'bytes',
};

/** The ending of a file with the bytes of an output of this content; undefined where any would do. */
export function endingOfContent(content: Content): string | undefined {
  if (content === 'folder') return '.tar';
  return { rows: '.parquet', json: '.json', weights: '.safetensors', bytes: undefined }[natures[content]];
}

/** The form that a path's ending asks of an output of this content; a hint what to write where it has none such. */
export function formOfOutput(
  content: Content,
  path: string,
): { readonly form: PublicationForm } | { readonly hint: string } {
  const ending = extname(path).toLowerCase();
  switch (natures[content]) {
    case 'rows':
      return formOfRows(ending);
    case 'json':
      return ending === '.json' ? { form: 'bytes' } : { hint: 'let the path end in .json' };
    case 'weights':
      return formsOfRows.has(ending) || pictures.includes(ending)
        ? { hint: 'let the path end in .safetensors' }
        : { form: 'bytes' };
    case 'bytes':
      return { form: 'bytes' };
  }
}

/** The same of a file in a run's folder, by its name there. */
export function formOfRunFile(
  name: string,
  path: string,
): { readonly form: PublicationForm } | { readonly hint: string } {
  const ending = extname(path).toLowerCase();
  const own = extname(name).toLowerCase();
  if (own === '.parquet') return formOfRows(ending);
  return ending === own ? { form: 'bytes' } : { hint: `let the path end in ${own}` };
}

function formOfRows(ending: string): { readonly form: PublicationForm } | { readonly hint: string } {
  const form = formsOfRows.get(ending);
  return form === undefined
    ? { hint: `let the path end in ${[...formsOfRows.keys()].join(', ')}` }
    : { form };
}
