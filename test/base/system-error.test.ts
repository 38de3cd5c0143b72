import { closeSync, openSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { environmentFailure, failureOfException } from '../../src/base/failure-of-exception.js';
import { namingFile, systemErrorOf } from '../../src/base/system-error.js';

describe('an error of the system', () => {
  it.each([
    ['IO Error: Could not write file "/p/q": No space left on device', { code: 'ENOSPC', file: '/p/q' }],
    ['IO Error: Cannot open file "/p/q": Too many open files', { code: 'EMFILE', file: '/p/q' }],
    [
      'IO Error: Could not read from file "/p/q": Input/output error',
      { code: 'EIO', file: '/p/q', call: 'read' },
    ],
    ['Invalid Input Error: a user wrote: No space left on device', undefined],
  ])('is known by DuckDB’s words %j', (message, expected) => {
    expect(systemErrorOf(new Error(message))).toEqual(expected);
  });

  it('is known where libuv has no name for it', () => {
    const error = Object.assign(new Error('Unknown system error -122'), {
      code: 'Unknown system error -122',
      errno: -122,
      path: '/p',
      syscall: 'open',
    });
    const expected = process.platform === 'linux' ? 'EDQUOT' : 'Unknown system error -122';
    expect(systemErrorOf(error)).toEqual({ code: expected, file: '/p', call: 'open' });
  });

  it.skipIf(process.platform !== 'linux')('names the file that a descriptor stands for', () => {
    const descriptor = openSync('/dev/full', 'w');
    try {
      namingFile('/my/file', () => writeSync(descriptor, 'x'));
      expect.unreachable();
    } catch (error) {
      expect(environmentFailure(error)?.message).toBe('no space is left for writing /my/file (ENOSPC)');
      expect(environmentFailure(error, 'publishing abc')?.message).toBe(
        'no space is left for publishing abc: /my/file (ENOSPC)',
      );
      expect(failureOfException(error).reason).toBe('disk');
    } finally {
      closeSync(descriptor);
    }
  });
});
