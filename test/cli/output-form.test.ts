import { expect, it } from 'vitest';
import { formAsked } from '../../src/cli/output-form.js';

const asked = (format: string | undefined, output: string | undefined) => {
  const form = formAsked(format, output);
  return form.ok ? form.value : form.failure.message;
};

it('rows are asked for in the form of a name or of a file, and not in two', () => {
  expect(asked(undefined, undefined)).toBe('table');
  expect(asked('latex', undefined)).toBe('tex');
  expect(asked(undefined, 'r.md')).toBe('markdown');
  expect(asked('markdown', 'r.md')).toBe('markdown');
  expect(asked('csv', 'r.txt')).toBe('csv');
  expect(asked('csv', 'r')).toBe('csv');
  expect(asked(undefined, 'r.parquet')).toBe('parquet');
  expect(asked(undefined, 'r.xls')).toMatch(/the ending \.xls does not say/);
  expect(asked('csv', 'r.tex')).toBe('--format csv and the ending .tex say two different forms');
  expect(asked('json', 'r.parquet')).toMatch(/two different forms/);
});
