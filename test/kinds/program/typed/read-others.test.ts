import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FailureError } from '../../../../src/base/failure.js';
import type { Kind } from '../../../../src/kinds/kind.js';
import { readFigure } from '../../../../src/kinds/program/typed/read-figure.js';
import { readInteractions } from '../../../../src/kinds/program/typed/read-interactions.js';
import { readGru } from '../../../../src/kinds/program/typed/read-model.js';
import { readSettings } from '../../../../src/kinds/program/typed/read-settings.js';
import { readTable } from '../../../../src/kinds/program/typed/read-table.js';
import { withDatabase } from '../../../../src/tables/database.js';
import { parquetFile } from '../../../../src/tables/parquet.js';
import { kindContext } from '../../../support/kind-context.js';

let folder = '';
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kshot-typed-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Where a kind puts what it makes of bytes that a program wrote. */
async function read(kind: Kind, bytes: string | Uint8Array, path: string): Promise<string> {
  files += 1;
  const own = join(folder, `${files}`);
  const file = join(folder, `${files}.in`);
  writeFileSync(file, bytes);
  await (await kind.load()).run(
    kindContext({ folder: own, parameters: { port: 'it', path }, inputs: { file } }),
  );
  return join(own, 'it');
}

async function refusal(kind: Kind, bytes: string | Uint8Array, path: string): Promise<string> {
  const error = await read(kind, bytes, path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FailureError);
  const { reason, message, hint = '' } = (error as FailureError).failure;
  expect(reason).toBe('bad-data');
  expect(hint).not.toBe('');
  return message;
}

const rowsIn = (path: string) =>
  withDatabase({ threads: 1 }, (database) => database.rows(`FROM ${parquetFile(path)}`));

describe('what a program wrote', () => {
  it('as settings is a flat object of values, whose order does not count', async () => {
    const text = '{"optimizer": "adam",\n "lr": 1e-2, "nesterov": true}';
    expect(readFileSync(await read(readSettings, text, 's.json'), 'utf8')).toBe(
      '{"lr":0.01,"nesterov":true,"optimizer":"adam"}\n',
    );
    expect(await refusal(readSettings, '{"a": {"b": 1}}', 's.json')).toBe(
      's.json: a is {"b":1}, and no single value',
    );
    expect(await refusal(readSettings, '{"a": NaN}', 's.json')).toBe('s.json: a is NaN, and no single value');
    expect(await refusal(readSettings, '{"lr": 1,\n "b": {"lr": 2}, "l\\u0072": 3}', 's.json')).toBe(
      's.json:2: has "lr" twice in one object',
    );
    expect(await refusal(readSettings, '[]', 's.json')).toBe('s.json: is no single JSON object');
    expect(await refusal(readSettings, '{}', 's.json')).toBe('s.json: has no values');
  });

  it('as a table keeps its order, has the types that its cells have, and is the same again from parquet', async () => {
    const text = 'z,a,when,flag\n3,x,2024-01-01,true\n1,,2023-01-01,false\n';
    const table = await read(readTable, text, 't.csv');
    const rows = [
      { z: 3, a: 'x', when: '2024-01-01', flag: true },
      { z: 1, a: null, when: '2023-01-01', flag: false },
    ];
    expect(await rowsIn(table)).toEqual(rows);
    expect(Object.keys((await rowsIn(table))[0] ?? {})).toEqual(['z', 'a', 'when', 'flag']);
    expect(await rowsIn(await read(readTable, readFileSync(table), 't.parquet'))).toEqual(rows);
    expect(await rowsIn(await read(readTable, JSON.stringify(rows), 't.json'))).toEqual(rows);
    expect(await refusal(readTable, '{"a": 1}', 't.json')).toBe('t.json: is one JSON object, and no rows');
    expect(await refusal(readTable, readFileSync(table).subarray(0, 90), 't.parquet')).toBe(
      't.parquet: cannot be read',
    );
  });

  it('as a figure is PNG, SVG or PDF by what is in it, and whole', async () => {
    const png = Buffer.from('\x89PNG\r\n\x1a\n....IEND\xaeB`\x82', 'latin1');
    const svg = '<?xml version="1.0"?>\n<svg width="1"><g/></svg>\n';
    for (const bytes of [png, Buffer.from(svg), Buffer.from('%PDF-1.7 … %%EOF\n')]) {
      expect(readFileSync(await read(readFigure, bytes, 'f.dat')).equals(bytes)).toBe(true);
    }
    expect(await refusal(readFigure, png.subarray(0, 10), 'f.png')).toBe('f.png: is a PNG that is cut off');
    expect(await refusal(readFigure, svg.slice(0, 30), 'f.svg')).toBe('f.svg: is an SVG that is cut off');
    expect(await refusal(readFigure, 'GIF89a', 'f.png')).toBe('f.png: is neither PNG nor SVG nor PDF');
    expect(await refusal(readFigure, '', 'f.png')).toBe('f.png: is empty');
  });

  it('as a model has the tensors of one', async () => {
    expect(await refusal(readGru, 'not a model', 'm.safetensors')).toContain('m.safetensors');
  });

  it('as interactions is read as data.import reads them, by its name', async () => {
    const text = 'user_id,item_id,timestamp\na,x,5\nb,y,1\n';
    expect(await rowsIn(await read(readInteractions, text, 'out/log.csv'))).toEqual([
      { position: 0, user_id: 'a', item_id: 'x', timestamp: 5 },
      { position: 1, user_id: 'b', item_id: 'y', timestamp: 1 },
    ]);
    expect(await refusal(readInteractions, `${text}c,,2\n`, 'out/log.csv')).toMatch(/^log\.csv:4: /);
  });
});
