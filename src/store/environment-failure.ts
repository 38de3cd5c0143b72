import { type Failure, FailureError } from '../base/failure.js';

/** The failure that a file system's error stands for; undefined where the error is no fault of the environment. */
export function environmentFailure(error: unknown, doing: string): Failure | undefined {
  if (error instanceof FailureError) return error.failure;
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return {
        reason: 'disk',
        message: `No space is left for ${doing} (${code}); nothing was published.`,
        hint: 'Free space, or let `kshot gc` remove what no recent run needs; then run again.',
        cause: error,
      };
    case 'EIO':
      return {
        reason: 'disk',
        message: `The disk failed at ${doing} (EIO).`,
        hint: 'Check the disk, then `kshot cache verify`.',
        cause: error,
      };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return {
        reason: 'cache-unwritable',
        message: `The cache cannot be written: ${doing} was refused (${code}).`,
        hint: 'Make the folder writable, or name another root with --root.',
        cause: error,
      };
    default:
      return undefined;
  }
}

/** Throws the error as the failure that it stands for, if it does; else as it is. */
export function rethrowAsFailure(error: unknown, doing: string): never {
  const failure = environmentFailure(error, doing);
  throw failure === undefined ? error : new FailureError(failure);
}
