import { readFileSync } from 'node:fs';

/** The version of this kshot, as its package says; src/ and dist/ lie at the same depth. */
export function kshotVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
