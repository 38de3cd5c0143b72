import { describe, expect, it } from 'vitest';
import { formatRows, type RowTable, rowWriter } from '../../src/tables/row-formats.js';

const table: RowTable = {
  columns: ['name', 'value'],
  rows: [
    ['a,"b"\nc', 1 / 3],
    [null, 12],
    ['', null],
    ['名|\u001b[31m', -0.5],
  ],
};

describe('rows', () => {
  it('as CSV keep every digit, quote as RFC 4180 does, and tell null from an empty text', () => {
    expect(formatRows(table, 'csv')).toBe(
      'name,value\n"a,""b""\nc",0.3333333333333333\n,12\n"",\n名|\u001b[31m,-0.5\n',
    );
  });

  it('as a table align numbers right and wide characters, and let no escape sequence through', () => {
    expect(formatRows({ ...table, rows: table.rows.slice(1) }, 'table').split('\n')).toEqual([
      'name      value',
      '--------  -----',
      '             12',
      '',
      '名|\u241b[31m   -0.5',
      '',
    ]);
  });

  it('for people lose nothing before the point, nor six digits after it', () => {
    const numbers: RowTable = { columns: ['x'], rows: [[123_456_789.123], [0.123456789], [7]] };
    expect(formatRows(numbers, 'table')).toBe(
      'x\n-------------\n123456789.123\n     0.123457\n            7\n'.replace('x', '            x'),
    );
    expect(formatRows(numbers, 'markdown')).toContain('| 123456789.123 |\n| 0.123457 |\n');
    expect(formatRows(numbers, 'tex')).toContain('123456789.123 \\\\\n0.123457 \\\\\n');
  });

  it('as a table keep the lines of a cell below one another', () => {
    expect(formatRows({ columns: ['plan'], rows: [['one\ntwo']] }, 'table')).toBe('plan\n----\none\ntwo\n');
  });

  it('as a table that is wider than there is room are a block of lines each', () => {
    const wide: RowTable = {
      columns: ['node', 'key'],
      rows: [
        ['a', 'k'.repeat(9)],
        ['b', null],
        ['c', 'x\ny'],
      ],
    };
    expect(formatRows(wide, 'table', 15)).toBe(formatRows(wide, 'table'));
    expect(formatRows(wide, 'table', 14)).toBe(
      'node  a\nkey   kkkkkkkkk\n\nnode  b\nkey\n\nnode  c\nkey   x\n      y\n',
    );
    expect(formatRows({ ...wide, rows: [] }, 'table', 3)).toBe('node  key\n----  ---\n');
    expect(formatRows(wide, 'csv', 3)).toBe(formatRows(wide, 'csv'));
  });

  it('as markdown stay one row each, with bars escaped', () => {
    expect(formatRows({ columns: ['a'], rows: [['x|y\nz']] }, 'markdown')).toBe(
      '| a |\n| --- |\n| x\\|y z |\n',
    );
  });

  it('as JSON are objects, whatever is in them', () => {
    expect(JSON.parse(formatRows(table, 'json'))).toEqual(
      table.rows.map(([name, value]) => ({ name, value })),
    );
  });

  it('may be none at all', () => {
    const none = { columns: ['a', 'b'], rows: [] };
    expect(formatRows(none, 'csv')).toBe('a,b\n');
    expect(formatRows(none, 'json')).toBe('[]\n');
    expect(formatRows(none, 'table')).toBe('a  b\n-  -\n');
  });

  it('in batches are what they are in one, in every format', () => {
    const even: RowTable = { columns: ['n', 't'], rows: [1, 2, 3, 4].map((n) => [n, `t${n}`]) };
    for (const format of ['table', 'csv', 'json', 'markdown'] as const) {
      for (const width of [80, 3]) {
        const writer = rowWriter(format, width);
        const texts = even.rows.map((row) => writer.add({ columns: even.columns, rows: [row] }));
        expect(texts.join('') + writer.end()).toBe(formatRows(even, format, width));
      }
    }
  });

  it('as a table have columns that grow where a later batch needs more', () => {
    const writer = rowWriter('table');
    const add = (n: number, text: string) => writer.add({ columns: ['n', 't', 'u'], rows: [[n, text, 'u']] });
    expect(add(1, 'a') + add(100, 'long') + add(2, 'b')).toBe(
      'n  t  u\n-  -  -\n1  a  u\n100  long  u\n  2  b     u\n',
    );
  });

  it('may be many', () => {
    const rows = Array.from({ length: 300_000 }, (_, n) => [n]);
    for (const format of ['table', 'csv', 'json', 'markdown'] as const) {
      expect(formatRows({ columns: ['n'], rows }, format)).toContain('299999');
    }
  });
});
