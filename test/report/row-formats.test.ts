import { describe, expect, it } from 'vitest';
import {
  formatPieces,
  formatRows,
  type RowFormat,
  type RowTable,
  rowsForLayout,
} from '../../src/report/row-formats.js';

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

  it.each<RowFormat>(['table', 'csv', 'json', 'markdown'])(
    'as %s are the same text however the pieces are cut in which they come',
    async (format) => {
      const rows = Array.from({ length: rowsForLayout + 500 }, (_, row) => [
        row,
        row < 1400 ? 'a' : 'much wider',
      ]);
      const columns = ['row', 'text'];
      const inPieces = async (size: number) => {
        async function* pieces() {
          for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
        }
        let text = '';
        for await (const piece of formatPieces(columns, pieces(), format)) text += piece;
        return text;
      };
      const whole = await inPieces(rows.length);
      expect(await inPieces(1)).toBe(whole);
      expect(await inPieces(300)).toBe(whole);
      if (format !== 'table') expect(whole).toBe(formatRows({ columns, rows }, format));
      else
        expect(whole.split('\n').slice(1400, 1404)).toEqual([
          '1398  a',
          '1399  a',
          '1400  much wider',
          '1401  much wider',
        ]);
    },
  );

  it('may be none at all', () => {
    const none = { columns: ['a', 'b'], rows: [] };
    expect(formatRows(none, 'csv')).toBe('a,b\n');
    expect(formatRows(none, 'json')).toBe('[]\n');
    expect(formatRows(none, 'table')).toBe('a  b\n-  -\n');
  });
});
