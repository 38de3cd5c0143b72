import { type Failure, FailureError } from '../base/failure.js';

/** System errors that say that the machine, not kshot or its user, is at fault. */
const environmentCodes = new Set([
  'ENOTDIR',
  'EEXIST',
  'ENOSPC',
  'EROFS',
  'EDQUOT',
  'EIO',
  'EMFILE',
  'ENFILE',
  'EACCES',
  'EPERM',
  'ENOMEM',
]);

/**
 * The failure that an exception stands for: its own, or the environment's, or else a bug in kshot. Only for a bug
 * is the stack shown, for the report.
 */
export function failureOfException(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  if (error instanceof Error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && environmentCodes.has(code)) {
      return {
        reason: 'disk',
        message: error.message,
        hint: 'check free space and permissions, then run again',
      };
    }
    return {
      reason: 'bug',
      message: `this is a bug in kshot: ${error.message}`,
      details: (error.stack ?? '').split('\n').slice(1),
      hint: 'report it with this text, the command line and the output of kshot --version; nothing that was finished is lost',
      cause: error,
    };
  }
  return {
    reason: 'bug',
    message: `this is a bug in kshot: ${String(error)}`,
    hint: 'report it with this text',
  };
}
