import { describe, expect, it } from 'vitest';
import { colourStyle } from '../../src/ui/style.js';
import { wrapLine } from '../../src/ui/wrap-line.js';

describe('wrapLine', () => {
  it('leaves a line that fits, and every line where there is no width', () => {
    expect(wrapLine('a b', 3)).toEqual(['a b']);
    expect(wrapLine('a b', Number.POSITIVE_INFINITY)).toEqual(['a b']);
  });

  it('breaks between words and goes on below the column of text that it breaks', () => {
    expect(wrapLine('failed    bad  4.1 s: the program ended with exit code 3', 34)).toEqual([
      'failed    bad  4.1 s: the program',
      '               ended with exit',
      '               code 3',
    ]);
  });

  it('goes on two columns further than a line without columns', () => {
    expect(wrapLine('  hint: one two three', 14)).toEqual(['  hint: one', '    two three']);
  });

  it('does not hang where the columns begin too far right', () => {
    expect(wrapLine('a-name-that-is-long                   key 1 and 2', 24)).toEqual([
      'a-name-that-is-long',
      '  key 1 and 2',
    ]);
  });

  it('keeps a word whole that is too long for any line, so that a path can be copied', () => {
    expect(wrapLine('log: artifacts/a/b/c/d.log', 12)).toEqual(['log:', '  artifacts/a/b/c/d.log']);
  });

  it('does not count colours, and counts wide characters twice', () => {
    const line = `${colourStyle.red('one two')} ${colourStyle.bold('three')}`;
    expect(wrapLine(line, 13)).toEqual([line]);
    expect(wrapLine('日本 日本', 8)).toEqual(['日本', '  日本']);
  });
});
