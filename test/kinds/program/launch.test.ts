import { describe, expect, it } from 'vitest';
import { launchOf } from '../../../src/kinds/program/launch.js';

const params = {
  lr: 1e-7,
  'weight-decay': -1e-9,
  name: 'a b',
  amp: true,
  fast: false,
  none: null,
  steps: [1, 1e-7],
};
const wordsOf = (argv: readonly string[]) =>
  launchOf({ argv, params: { ...params, optim: { lr: 3, name: 'sgd' } }, env: {} }).argv;

describe('what a program is started with', () => {
  it('has the values of params in braces, whole or inside a word', () => {
    expect(wordsOf(['x', '--lr={lr}', '{optim.lr}/{name}', '{amp}', '{none}', '{steps}', '{optim}'])).toEqual(
      ['x', '--lr=1.0e-07', '3/a b', 'true', 'null', '[1,1.0e-07]', '{"lr":3,"name":"sgd"}'],
    );
  });

  it('keeps braces that are about no param, and those that are doubled once', () => {
    const words = ['{print $1}', '{other}', '{}', '{{lr}}', '{{print}}', '${lr', '{optim.wd}', '{ lr }'];
    expect(wordsOf(words)).toEqual(['{print $1}', '{other}', '{}', '{lr}', ...words.slice(4)]);
    expect(launchOf({ argv: ['{lr}', '{{lr}}'], env: {} }).argv).toEqual(['{lr}', '{{lr}}']);
  });

  it('is a line in which values are quoted for the shell', () => {
    const line = (argv: string, value: string) => launchOf({ argv, params: { v: value }, env: {} }).argv;
    expect(line('echo {v}', 'plain/1')).toBe('echo plain/1');
    expect(line('echo {v}', "it's; rm -rf $HOME")).toBe(`echo 'it'\\''s; rm -rf $HOME'`);
    expect(line('echo {v}', '$&')).toBe("echo '$&'");
  });

  it('is python3 with a flag for each param, unless it says what it takes', () => {
    const flags = ['--lr', '1.0e-07', '--weight-decay=-1.0e-09', '--name', 'a b', '--amp', '--no-fast'];
    expect(launchOf({ script: 'a.py', params, env: {} }).argv).toEqual([
      'python3',
      'a.py',
      ...flags,
      '--steps',
      '[1,1.0e-07]',
    ]);
    expect(launchOf({ module: 'p.q', params, args: [], env: {} }).argv).toEqual(['python3', '-m', 'p.q']);
    expect(launchOf({ script: 'a.py', env: {} }).argv).toEqual(['python3', 'a.py']);
  });

  it('has params as JSON with numbers that YAML reads too, and an order of sets that stays', () => {
    const { params: text, env } = launchOf({
      script: 'a.py',
      params: { lr: 1e-7, s: '1e-7' },
      env: { A: 'b' },
    });
    expect(text).toBe('{"lr":1.0e-07,"s":"1e-7"}\n');
    expect(env).toEqual({ PYTHONHASHSEED: '0', A: 'b' });
    expect(launchOf({ script: 'a.py', env: { PYTHONHASHSEED: '3' } }).env).toEqual({ PYTHONHASHSEED: '3' });
    expect(launchOf({ argv: ['x'], env: {} }).params).toBeUndefined();
  });
});
