import { expect, test } from 'vitest';
import { withDatabase } from '../../src/tables/database.js';

// Late enough that a streamed query would have given rows before it fails.
const failing = `SELECT CASE WHEN i < 300000 THEN i ELSE error('spoilt') END::INTEGER AS i
                 FROM range(400000) t(i)`;

test('a query that fails at a late row gives no columns', async () => {
  await withDatabase({ threads: 1 }, async (database) => {
    await expect(database.columns(failing)).rejects.toThrow('spoilt');
  });
});

test('a query that fails at a late row fails, whatever was visited before', async () => {
  await withDatabase({ threads: 1 }, async (database) => {
    await expect(database.visitColumns(failing, () => undefined)).rejects.toThrow('spoilt');
  });
});
