import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { replaceUserFile, stagingFolder, writeUserFile } from '../../../src/base/files/user-file.js';

const folder = mkdtempSync(join(tmpdir(), 'kshot-user-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

/** Both ways to write a file that a user names. */
const ways = {
  writeUserFile: async (path: string, text: string) => writeUserFile(path, text),
  replaceUserFile: async (path: string, text: string) => {
    const staged = join(stagingFolder(path), `kshot-staged-${process.pid}`);
    writeFileSync(staged, text);
    await replaceUserFile(path, staged);
    expect(lstatSync(staged, { throwIfNoEntry: false })).toBeUndefined();
  },
};

describe.each(Object.entries(ways))('%s', (name, write) => {
  it('writes a file over what is there, and leaves nothing beside it', async () => {
    const path = at(`${name}-file`);
    for (const text of ['one', 'two']) await write(path, text);
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(folder).filter((file) => file.startsWith('.'))).toEqual([]);
  });

  it('leaves a link a link, and writes where it leads', async () => {
    writeFileSync(at(`${name}-target`), 'before');
    symlinkSync(`${name}-target`, at(`${name}-link`));
    await write(at(`${name}-link`), 'after');
    expect(lstatSync(at(`${name}-link`)).isSymbolicLink()).toBe(true);
    expect(readFileSync(at(`${name}-target`), 'utf8')).toBe('after');
  });

  it('writes into a pipe, as into a device, and never puts a file in its place', async () => {
    const pipe = at(`${name}-pipe`);
    execFileSync('mkfifo', [pipe]);
    symlinkSync(`${name}-pipe`, at(`${name}-link-to-pipe`));
    for (const path of [pipe, at(`${name}-link-to-pipe`)]) {
      const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] });
      let read = '';
      reader.stdout.on('data', (data: Buffer) => {
        read += data.toString();
      });
      const closed = once(reader, 'close');
      await write(path, 'through');
      await closed;
      expect(read).toBe('through');
      expect(lstatSync(pipe).isFIFO()).toBe(true);
    }
  });
});
