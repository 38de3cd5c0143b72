import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

describe('packages that are packed into one module', () => {
  it('are imported by no module of the build in their many files', () => {
    const importing = readdirSync(dist, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .filter((name) =>
        /(from |import\()"(@duckdb\/node-api|yaml)"/.test(readFileSync(join(dist, name), 'utf8')),
      );
    expect(importing).toEqual([]);
  });

  it.each([
    ['@duckdb/node-api', 'duckdb-node-api.js'],
    ['yaml', 'yaml.js'],
  ])('%s gives all the names that it gives itself, and stands beside its licence', async (name, file) => {
    const names = (module: object) =>
      Object.keys(module).filter((one) => !/^(default|module\.exports)$/.test(one));
    const packed: object = await import(join(dist, 'packages', file));
    expect(names(packed).sort()).toEqual(names(await import(name)).sort());
    expect(readFileSync(join(dist, 'packages', file.replace('.js', '.LICENSE')), 'utf8')).toMatch(
      /copyright/i,
    );
  });
});
