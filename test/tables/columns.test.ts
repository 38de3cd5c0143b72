import { expect, it } from 'vitest';
import { withDatabase } from '../../src/tables/database.js';

it('numbers come out of DuckDB as they are, in columns of any length', async () => {
  await withDatabase({ threads: 2 }, async (database) => {
    for (const count of [0, 1, 63, 64, 65, 2047, 2048, 2049, 10_000]) {
      const { whole, real, text } = await database.columns(
        `SELECT (range - 5)::INTEGER AS whole, range / 3 AS real, range::VARCHAR AS text FROM range(${count}) ORDER BY range`,
      );
      const numbers = Array.from({ length: count }, (_, index) => index);
      expect(whole).toEqual(Int32Array.from(numbers, (index) => index - 5));
      expect(real).toEqual(Float64Array.from(numbers, (index) => index / 3));
      expect(text).toEqual(numbers.map(String));
      const seen: number[] = [];
      const sql = `SELECT range::INTEGER AS whole FROM range(${count})`;
      await database.visitColumns(sql, ([values], rows) => {
        seen.push(...(values?.subarray(0, rows) ?? []));
      });
      expect(seen).toEqual(numbers);
    }
  });
});

it('a null among them is a bug that is told, wherever it stands', async () => {
  await withDatabase({ threads: 1 }, async (database) => {
    for (const at of [0, 1, 63, 64, 2047, 2048, 2999]) {
      for (const type of ['INTEGER', 'DOUBLE', 'VARCHAR']) {
        const sql = `SELECT nullif(range, ${at})::${type} AS value FROM range(3000) ORDER BY range`;
        await expect(database.columns(sql), `${type} at ${at}`).rejects.toThrow('column value holds a null');
        if (type === 'VARCHAR') continue;
        await expect(database.visitColumns(sql, () => undefined)).rejects.toThrow(
          'column value holds a null',
        );
      }
    }
  });
});
