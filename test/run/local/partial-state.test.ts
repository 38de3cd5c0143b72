import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { partialStateIn } from '../../../src/run/local/partial-state.js';
import { temporaryProject } from '../../support/temporary-project.js';

const file = temporaryProject({}).path('state');
const partial = partialStateIn(file);
const state = Buffer.from('a state of 40 numbers');

it('is there as it was saved, and not before', async () => {
  expect(await partial.load()).toBeUndefined();
  await partial.save(state);
  expect(Buffer.from((await partial.load()) ?? [])).toEqual(state);
});

it.each([
  [
    'a bit of it was changed',
    (bytes: Buffer) => Buffer.from(bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte))),
  ],
  ['its end is missing', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
  ['it is empty', () => Buffer.alloc(0)],
])('is refused where %s', async (_, spoil) => {
  await partial.save(state);
  writeFileSync(file, spoil(readFileSync(file)));
  await expect(partial.load()).rejects.toMatchObject({
    failure: { reason: 'bad-data', message: 'the saved state is not what was written' },
  });
});

it('is refused where a folder stands in its place', async () => {
  rmSync(file);
  mkdirSync(file);
  await expect(partial.load()).rejects.toMatchObject({ failure: { reason: 'bad-data' } });
});
