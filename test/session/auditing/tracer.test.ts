import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/base/exit-code.js';
import { findTracer } from '../../../src/session/auditing/tracer.js';
import { temporaryProject } from '../../support/temporary-project.js';

describe('strace', () => {
  const { path } = temporaryProject({
    files: {
      'refused/strace':
        '#!/bin/sh\necho "strace: do_test_ptrace_get_syscall_info: PTRACE_TRACEME: Operation not permitted" >&2; exit 1\n',
      'old/strace': '#!/bin/sh\necho "strace: unrecognized option \'--seccomp-bpf\'" >&2; exit 1\n',
      'sound/strace': '#!/bin/sh\nexit 0\n',
      'plain/strace': '',
    },
  });
  for (const name of ['refused', 'old', 'sound']) chmodSync(path(`${name}/strace`), 0o755);

  it.each([
    ['plain', 'no strace', 'apt install strace'],
    ['refused', 'may trace no program', 'SYS_PTRACE'],
    ['old', 'cannot trace', 'strace 5.3'],
  ])('is told of where it cannot be used: %s', (folder, message, hint) => {
    const found = findTracer('/trace', path(folder));
    expect(found).toMatchObject({
      ok: false,
      failure: {
        reason: 'tracer-unavailable',
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      },
    });
    expect(exitCodeOf('tracer-unavailable')).toBe(36);
  });

  it('writes into a file what the program behind its words does', () => {
    const found = findTracer('/trace', `${path('nowhere')}:${path('sound')}`);
    expect(found.ok && [found.value[0], ...found.value.slice(-3)]).toEqual([
      path('sound/strace'),
      '-o',
      '/trace',
      '--',
    ]);
  });
});
