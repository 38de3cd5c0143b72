import { constants } from 'node:os';

/** What a call of the system failed with. */
export interface SystemError {
  /** The error's name in C, such as ENOSPC. */
  readonly code: string;
  /** The file of the call, where one is known; of a call with two files, the one that was to be. */
  readonly file?: string;
  /** The call, where it is known. */
  readonly call?: string;
}

/** What the system says of errors (POSIX's strerror, as glibc, musl and macOS word it), for libraries that pass on that alone. */
const codesByWords: readonly (readonly [string, string])[] = [
  ['No space left on device', 'ENOSPC'],
  ['Disk quota exceeded', 'EDQUOT'],
  ['Disc quota exceeded', 'EDQUOT'],
  ['Quota exceeded', 'EDQUOT'],
  ['File too large', 'EFBIG'],
  ['Input/output error', 'EIO'],
  ['I/O error', 'EIO'],
  ['Stale file handle', 'ESTALE'],
  ['Too many open files in system', 'ENFILE'],
  ['Too many open files', 'EMFILE'],
  ['No file descriptors available', 'EMFILE'],
  ['Cannot allocate memory', 'ENOMEM'],
  ['Read-only file system', 'EROFS'],
  ['Permission denied', 'EACCES'],
  ['Operation not permitted', 'EPERM'],
];

/** The error of the system that an exception of Node or DuckDB stands for; undefined where it is none. */
export function systemErrorOf(error: unknown): SystemError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, errno, path, dest, syscall } = error as NodeJS.ErrnoException & { dest?: string };
  // libuv has no name for some, such as EDQUOT.
  const name = (errno === undefined ? undefined : nameOf(errno)) ?? code;
  if (name === undefined) return duckdbError(error.message);
  const file = dest ?? path;
  return {
    code: name,
    ...(file === undefined ? {} : { file }),
    ...(syscall === undefined ? {} : { call: syscall }),
  };
}

/**
 * Whether an error tells of a disk, or a system, that is full or failing, whatever file was asked for: such an error
 * says nothing against the file.
 */
export function isExhaustion({ code }: SystemError): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'ESTALE', 'EMFILE', 'ENFILE', 'ENOMEM'].includes(code);
}

/** Has the errors of an action's calls name this file, as those on a descriptor do not by themselves. */
export function namingFile<Value>(path: string, action: () => Value): Value {
  try {
    return action();
  } catch (error) {
    throw withFile(error, path);
  }
}

/** As `namingFile`, for an action that takes its time. */
export async function namingFileOf<Value>(path: string, action: () => Promise<Value>): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    throw withFile(error, path);
  }
}

function withFile(error: unknown, path: string): unknown {
  return error instanceof Error && 'errno' in error ? Object.assign(error, { path }) : error;
}

function nameOf(errno: number): string | undefined {
  return Object.entries(constants.errno).find(([, number]) => number === Math.abs(errno))?.[0];
}

function duckdbError(message: string): SystemError | undefined {
  if (!/^(IO|FATAL|INTERNAL|TransactionContext) Error/.test(message)) return undefined;
  const code = codesByWords.find(([words]) => message.includes(words))?.[1];
  if (code === undefined) return undefined;
  const file = /file "([^"]*)"/.exec(message)?.[1];
  const call = /read/i.test(message) ? 'read' : undefined;
  return { code, ...(file === undefined ? {} : { file }), ...(call === undefined ? {} : { call }) };
}
