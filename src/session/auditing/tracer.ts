import { spawnSync } from 'node:child_process';
import { delimiter, isAbsolute } from 'node:path';
import type { Failure } from '../../base/failure.js';
import { programIn } from '../../base/files/program-file.js';
import { failed, type Result, success } from '../../base/result.js';
import { tracedCalls } from './traced-accesses.js';

/** Paths of descriptors; no text that is written; only what is traced stops the program. */
const options = ['-f', '-y', '-qq', '--seccomp-bpf', '-s', '0', '-e', 'signal=none'];
const patienceMilliseconds = 20_000;

/**
 * The words that start a program so that its calls of the system are written into a file.
 *
 * Fails with `tracer-unavailable` where there is no strace, or it may trace nothing.
 */
export function findTracer(
  file: string,
  searched = process.env['PATH'] ?? '',
): Result<readonly string[], Failure> {
  const strace = programIn(searched.split(delimiter).filter(isAbsolute), 'strace');
  if (strace === undefined) {
    return failed({
      reason: 'tracer-unavailable',
      message: 'there is no strace in the folders of PATH, which tells what a program reads',
      hint: 'install it: apt install strace (Linux only)',
    });
  }
  const words = [strace, ...options, '-e', `trace=${tracedCalls}`, '-o'];
  const trial = spawnSync(strace, [...words.slice(1), '/dev/null', '--', '/bin/sh', '-c', ':'], {
    encoding: 'utf8',
    timeout: patienceMilliseconds,
  });
  if (trial.status === 0) return success([...words, file, '--']);
  const said = (trial.error?.message ?? trial.stderr).trim().split('\n').slice(-3);
  const isRefused = said.some((line) => /ptrace|Operation not permitted|PTRACE/.test(line));
  return failed({
    reason: 'tracer-unavailable',
    message: isRefused
      ? 'strace may trace no program here'
      : 'the strace that is here cannot trace a program as it should',
    details: said,
    hint: isRefused
      ? 'in a container, let it: docker run --cap-add=SYS_PTRACE; elsewhere, sysctl kernel.yama.ptrace_scope must be below 3'
      : 'strace 5.3 or later is needed: apt install strace',
  });
}
