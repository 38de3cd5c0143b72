import { expect, it } from 'vitest';
import { lookedOnce } from '../../../src/base/files/looked-once.js';

it('a look is not repeated until the one who asks waits', async () => {
  const looks: string[] = [];
  const find = lookedOnce((name) => {
    looks.push(name);
    return name === 'nothing' ? undefined : looks.length;
  });
  expect([find('a'), find('b'), find('a'), find('nothing'), find('nothing')]).toEqual([
    1,
    2,
    1,
    undefined,
    undefined,
  ]);
  expect(looks).toEqual(['a', 'b', 'nothing']);
  await undefined;
  expect(find('a')).toBe(4);
  await undefined;
  expect(find('a')).toBe(5);
});
