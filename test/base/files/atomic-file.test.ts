import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linkFileAtomic, writeFileAtomic } from '../../../src/base/files/atomic-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kshot-atomic-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('writeFileAtomic', () => {
  it('replaces the file by a new one, with nothing beside it', () => {
    const path = join(folder, 'file.json');
    writeFileSync(path, 'before');
    const { ino } = statSync(path);
    writeFileAtomic(path, 'after');
    expect(readFileSync(path, 'utf8')).toBe('after');
    expect(statSync(path).ino).not.toBe(ino);
    expect(readdirSync(folder)).toEqual(['file.json']);
  });

  it('gives the permissions asked for', () => {
    const path = join(folder, 'object');
    writeFileAtomic(path, new Uint8Array([1, 2, 3]), { mode: 0o444 });
    expect(statSync(path).mode & 0o777).toBe(0o444);
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
  });

  it('leaves everything as it was when it fails', () => {
    // A folder that is not empty cannot be replaced by a file: the rename fails.
    const path = join(folder, 'taken');
    mkdirSync(join(path, 'inner'), { recursive: true });
    expect(() => writeFileAtomic(path, 'data')).toThrow();
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});

describe('linkFileAtomic', () => {
  it('writes a file where there is none, and leaves one that is there as it is, with nothing beside it', () => {
    const path = join(folder, 'file.json');
    expect(linkFileAtomic(path, 'first')).toBe(true);
    expect(linkFileAtomic(path, 'second')).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(statSync(path).nlink).toBe(1);
    expect(readdirSync(folder)).toEqual(['file.json']);
  });
});
