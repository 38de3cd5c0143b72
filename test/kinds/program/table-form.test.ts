import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command } from '../../../src/kinds/program/command.js';
import { placeInputs } from '../../../src/kinds/program/place-inputs.js';
import type { TableForm } from '../../../src/kinds/program/table-form.js';
import { withDatabase } from '../../../src/tables/database.js';
import { writeRowsParquet } from '../../../src/tables/parquet.js';
import { temporaryProject } from '../../support/temporary-project.js';

const rows = [
  { pair_id: 7, prefix: [3, 1, 2], name: 'a "b", c', score: 0.25 },
  { pair_id: 2, prefix: [9], name: 'ä\nö', score: null },
];

describe('tables among the inputs of a program', () => {
  const { complete, canonical } = command.parameters;
  const project = temporaryProject({ files: { 'items.json': '{"x": 0}' } });
  const path = project.path('pairs.parquet');

  async function placed(form: TableForm): Promise<(file: string) => string> {
    await withDatabase({ threads: 1 }, (database) =>
      writeRowsParquet(database, {
        columns: { pair_id: 'INTEGER', prefix: 'INTEGER[]', name: 'VARCHAR', score: 'DOUBLE' },
        rows,
        orderBy: ['name'],
        path,
      }),
    );
    const scratch = project.path(`scratch-${form}`);
    const file = (leaf: string) => ({ type: 'file', leaf }) as const;
    const train = {
      type: 'bundle',
      ports: { pairs: file(path), items: file(project.path('items.json')) },
    } as const;
    await placeInputs({ inputs: { train }, files: {}, scratch, threads: 1 }, {}, form);
    expect(readFileSync(`${scratch}/train/items`, 'utf8')).toBe('{"x": 0}');
    expect(statSync(`${scratch}/train/pairs`).mode & 0o222).toBe(0);
    return (name) => readFileSync(`${scratch}/train/${name}`, 'utf8');
  }

  it('are lines of JSON in the order of their rows where the step says so', async () => {
    const lines = (await placed('jsonl'))('pairs').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
  });

  it('are CSV with lists as JSON', async () => {
    expect((await placed('csv'))('pairs')).toBe(
      'pair_id,prefix,name,score\n7,"[3, 1, 2]","a ""b"", c",0.25\n2,[9],"ä\nö",\n',
    );
  });

  it('are parquet as they are kept where it says nothing, which is in no key', async () => {
    expect((await placed('parquet'))('pairs').slice(0, 4)).toBe('PAR1');
    expect(canonical(complete({ argv: ['true'] }))).toEqual(
      canonical(complete({ argv: ['true'], tables: 'parquet' })),
    );
    expect(canonical(complete({ argv: ['true'] }))).not.toHaveProperty('tables');
    expect(canonical(complete({ argv: ['true'], tables: 'csv' }))).toHaveProperty('tables', 'csv');
  });
});
