import { expect, test } from 'vitest';
import { indexMarks, indexOf } from '../../src/data/mark-index.js';
import { withDatabase } from '../../src/tables/database.js';

test('every name of a column has its number, whatever the name', async () => {
  await withDatabase({ threads: 2 }, async (database) => {
    await database.run(
      `CREATE TABLE names AS SELECT range AS place, CASE range % 3 WHEN 0 THEN range::VARCHAR WHEN 1 THEN repeat('é', range % 50) || range
         ELSE 'x' || range END AS name FROM range(30000);
       CREATE TABLE events AS SELECT name, place FROM names, range(3) ORDER BY hash(name, place)`,
    );
    const index = await indexMarks(database, 'name', 'names ORDER BY place');
    let wrong = 0;
    await database.visitColumns(
      `SELECT ${index.sql} AS mark, place::INTEGER AS place FROM events`,
      ([mark, place], rowCount) => {
        const numbers = new Int32Array(rowCount);
        index.find(mark as Float64Array, rowCount, numbers);
        for (let row = 0; row < rowCount; row++) if (numbers[row] !== place?.[row]) wrong++;
      },
    );
    expect(wrong).toBe(0);
  });
});

test('names that share a mark are not numbered by it', () => {
  const marks = Float64Array.of(2 ** 52 + 7, 2 ** 53 - 1, 0, 7);
  const numbers = new Int32Array(5).fill(-1);
  indexOf(marks)?.(marks, 4, numbers);
  expect([...numbers]).toEqual([0, 1, 2, 3, -1]);
  expect(indexOf(Float64Array.of(5, 6, 5))).toBeUndefined();
});
