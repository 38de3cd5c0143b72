import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { resultSchemas } from '../../src/tables/result-schemas.js';

const sections = readFileSync(new URL('../../docs/sql.md', import.meta.url), 'utf8')
  .split('\n### ')
  .slice(1);

it('docs/sql.md lists every column of every table, in order, with its type and what it is', () => {
  const listed = sections.map((section) => {
    const rows = [...section.matchAll(/^\| `(\w+)` \| (\w+) \| (.+) \|$/gm)];
    return [section.split('\n')[0], rows.map(([, column, type]) => [column, type])];
  });
  const schemas = Object.entries(resultSchemas).map(([table, { columns }]) => [
    table,
    Object.entries(columns),
  ]);
  expect(listed).toEqual(schemas);
});
