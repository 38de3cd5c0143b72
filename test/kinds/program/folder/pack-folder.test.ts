import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FailureError } from '../../../../src/base/failure.js';
import { packFolder } from '../../../../src/kinds/program/folder/pack-folder.js';
import { isPackedFolder, unpackFolder } from '../../../../src/kinds/program/folder/unpack-folder.js';

const root = mkdtempSync(join(tmpdir(), 'kshot-folder-'));
let count = 0;
afterAll(() => rmSync(root, { recursive: true, force: true }));

const fresh = (): string => {
  count += 1;
  return join(root, `${count}`);
};

const long = `${'deep/'.repeat(30)}${'n'.repeat(120)}.txt`;
const contents: { readonly [path: string]: string | Buffer } = {
  'b.txt': 'two',
  'a.txt': '',
  'Größe – 大.bin': Buffer.alloc(1_500_000, 7),
  'sub/run.sh': '#!/bin/sh\n',
  [long]: 'far below',
};

/** A folder with these files, written in this order. */
function folderOf(files: readonly (readonly [string, string | Buffer])[]): string {
  const folder = fresh();
  mkdirSync(join(folder, 'empty'), { recursive: true });
  for (const [path, content] of files) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  chmodSync(join(folder, 'sub/run.sh'), 0o700);
  symlinkSync('../b.txt', join(folder, 'sub/link'));
  return folder;
}

async function packed(folder: string): Promise<string> {
  const archive = fresh();
  await packFolder(folder, 'out/', archive);
  return archive;
}

async function refusal(folder: string): Promise<string> {
  const error = await packed(folder).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FailureError);
  expect((error as FailureError).failure).toMatchObject({
    reason: 'output-missing',
    hint: expect.stringMatching(/./),
  });
  return (error as FailureError).failure.message;
}

describe('a folder', () => {
  it('is laid out as it was packed: long names, other letters, links, empty folders, files that run', async () => {
    const archive = await packed(folderOf(Object.entries(contents)));
    expect(await isPackedFolder(archive)).toBe(true);
    const copy = fresh();
    await unpackFolder(archive, copy);
    for (const [path, content] of Object.entries(contents)) {
      expect(readFileSync(join(copy, path)).equals(Buffer.from(content))).toBe(true);
    }
    expect(readdirSync(join(copy, 'empty'))).toEqual([]);
    expect(readlinkSync(join(copy, 'sub/link'))).toBe('../b.txt');
    expect(statSync(join(copy, 'sub/run.sh')).mode & 0o777).toBe(0o555);
    expect(statSync(join(copy, 'b.txt')).mode & 0o777).toBe(0o444);
  });

  it('is the same bytes whenever and in whatever order its files were written', async () => {
    const one = folderOf(Object.entries(contents));
    const other = folderOf(Object.entries(contents).reverse());
    utimesSync(join(other, 'b.txt'), 1, 1);
    const [first, second] = [await packed(one), await packed(other)];
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true);
    writeFileSync(join(other, 'b.txt'), 'Two');
    expect(readFileSync(await packed(other)).equals(readFileSync(first))).toBe(false);
  });

  it('can be read by tar', async (test) => {
    if (spawnSync('tar', ['--version']).status !== 0) test.skip('there is no tar');
    const archive = await packed(folderOf(Object.entries(contents)));
    const target = fresh();
    mkdirSync(target);
    expect(spawnSync('tar', ['-xf', archive, '-C', target]).status).toBe(0);
    expect(readFileSync(join(target, long), 'utf8')).toBe('far below');
    expect(statSync(join(target, 'Größe – 大.bin')).size).toBe(1_500_000);
  });

  it('holds no link that leads out of it or to nothing, no pipe, and not nothing', async () => {
    const folder = folderOf(Object.entries(contents));
    symlinkSync('../..', join(folder, 'up'));
    expect(await refusal(folder)).toBe('out/up is a link that leads out of the folder');
    rmSync(join(folder, 'up'));
    symlinkSync(join(folder, 'b.txt'), join(folder, 'whole'));
    expect(await refusal(folder)).toBe('out/whole is a link that leads out of the folder');
    rmSync(join(folder, 'whole'));
    symlinkSync('gone', join(folder, 'sub/nothing'));
    expect(await refusal(folder)).toBe('out/sub/nothing is a link that leads to nothing');
    rmSync(join(folder, 'sub/nothing'));
    if (spawnSync('mkfifo', [join(folder, 'pipe')]).status === 0) {
      expect(await refusal(folder)).toBe('out/pipe is neither a file nor a folder');
    }
    const empty = fresh();
    mkdirSync(empty);
    expect(await refusal(empty)).toBe('the program wrote nothing into out/');
  });

  it('is told from an archive that a program made, and lays nothing out outside of itself', async () => {
    const archive = await packed(folderOf(Object.entries(contents)));
    const bytes = readFileSync(archive);
    writeFileSync(archive, bytes.subarray(1024));
    expect(await isPackedFolder(archive)).toBe(false);
    const evil = fresh();
    const at = bytes.indexOf('a.txt');
    bytes.write('../up', at);
    writeFileSync(evil, bytes);
    await expect(unpackFolder(evil, fresh())).rejects.toThrow('names ../up, outside of it');
  });
});
