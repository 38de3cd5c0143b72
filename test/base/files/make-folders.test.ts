import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolders } from '../../../src/base/files/make-folders.js';

const folder = mkdtempSync(join(tmpdir(), 'kshot-folders-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('makeFolders', () => {
  it('makes what is missing and gives the first of it, and nothing where all is there', () => {
    expect(makeFolders(join(folder, 'a/b/c'))).toBe(join(folder, 'a'));
    expect(existsSync(join(folder, 'a/b/c'))).toBe(true);
    expect(makeFolders(join(folder, 'a/b/c'))).toBeUndefined();
    expect(makeFolders(join(folder, 'a/b/d/'))).toBe(join(folder, 'a/b/d'));
  });

  it('takes a link to a folder for one, and neither a file nor a link that leads nowhere', () => {
    symlinkSync('a', join(folder, 'link'));
    expect(makeFolders(join(folder, 'link/b'))).toBeUndefined();
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('nowhere', join(folder, 'dangling'));
    expect(() => makeFolders(join(folder, 'file'))).toThrow(/EEXIST/);
    expect(() => makeFolders(join(folder, 'file/inner'))).toThrow(/ENOTDIR/);
    expect(() => makeFolders(join(folder, 'dangling/inner'))).toThrow(/ENOENT|EEXIST/);
  });

  // Node's own recursive way never comes back from there.
  it.skipIf(!existsSync('/proc/self'))('ends where a file system makes no folder', () => {
    expect(() => makeFolders('/proc/kshot/inner')).toThrow(/ENOENT/);
  });
});
