import fc from 'fast-check';
import { expect, it } from 'vitest';
import { metricRows, metricsOf, metricTable } from '../../src/artifacts/metric-table.js';
import { isName } from '../../src/base/own-properties.js';

const taken = ['run', 'node', 'step', 'role', 'k', 'steps', 'inner_lr', 'n', 'users', 'metric', 'value'];
const names = fc
  .oneof(fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype)), fc.string({ minLength: 1 }))
  .filter((name) => isName(name) && ![...taken, 'low', 'high'].includes(name));

it('metrics and settings of any name are in the table, and none where a row has none', () => {
  const values = fc.dictionary(names, fc.integer(), { minKeys: 1, maxKeys: 4, noNullPrototype: true });
  fc.assert(
    fc.property(values, values, values, (one, other, settings) => {
      const cellsOf = (node: string, metrics: object, own: object) =>
        Object.entries(metrics).map(([metric, value]) => ({
          ...{ run: 'r', node, step: node, role: null, k: null, steps: null, inner_lr: null },
          ...{ n: null, users: null, metric, value: Number(value), low: null, high: null },
          ...own,
        }));
      const rows = metricRows([...cellsOf('a', one, settings), ...cellsOf('b', other, {})], ['a', 'b']);
      expect(rows.map((row) => [row.values, row.settings])).toEqual([
        [one, settings],
        [other, {}],
      ]);
      const table = metricTable(rows, 'whole');
      const [ofOne = [], ofOther = []] = table.rows;
      const filled = (cells: readonly unknown[]) => cells.filter((cell) => cell !== null).length;
      expect([filled(ofOne), filled(ofOther)]).toEqual([
        1 + Object.keys(settings).length + Object.keys(one).length,
        1 + Object.keys(other).length,
      ]);
      expect(new Set(metricsOf(rows))).toEqual(new Set([...Object.keys(one), ...Object.keys(other)]));
    }),
  );
});
