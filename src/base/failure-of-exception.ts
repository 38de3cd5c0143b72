import { type Failure, FailureError } from './failure.js';
import { missingPackageFailure } from './missing-package.js';
import { type SystemError, systemErrorOf } from './system-error.js';

/**
 * The failure that a system error stands for; undefined where the error is no fault of the environment.
 *
 * @param doing what could not be done, such as `publishing 4f5a`; the file is told besides
 */
export function environmentFailure(error: unknown, doing?: string): Failure | undefined {
  const found = systemErrorOf(error);
  if (found === undefined) return undefined;
  const { code } = found;
  const place = found.file ?? 'a file';
  const what = doing === undefined ? accessOf(found, place) : withPlace(doing, found);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return {
        reason: 'disk',
        message: `no space is left for ${what} (${code})`,
        hint: 'free space, or let `kshot gc` remove what no recent run needs; then run again',
        cause: error,
      };
    case 'EIO':
    case 'ESTALE':
      return {
        reason: 'disk',
        message: `the disk failed at ${what} (${code})`,
        hint: 'check the disk, then `kshot cache verify`',
        cause: error,
      };
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return {
        reason: 'disk',
        message: `the system has no open files or memory left for ${what} (${code})`,
        hint: 'end other programs, or run fewer steps at once with -j',
        cause: error,
      };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return {
        reason: 'cache-unwritable',
        message:
          doing === undefined || doing.includes(place)
            ? `${place} cannot be written (${code})`
            : `${doing} was refused (${code}): ${place} cannot be written`,
        hint: `make the folder writable, or name another: ${otherFolders}`,
        cause: error,
      };
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
      return {
        reason: 'cache-unwritable',
        message: `${doing ?? what} failed (${code}): something else is in the place of ${place} or of a folder above it`,
        hint: 'move it away; kshot makes the folders that it needs',
        cause: error,
      };
    case 'ENOENT':
      // Folders are made one below the other, so what is above is there.
      if (found.call !== 'mkdir') return undefined;
      return {
        reason: 'cache-unwritable',
        message: `the folder ${place} cannot be made (${code}): its file system makes none there, or a link above it leads nowhere`,
        hint: `mount what is missing, or name another folder: ${otherFolders}`,
        cause: error,
      };
    default:
      return undefined;
  }
}

const otherFolders = 'cache.path in kshot.yaml says where the cache is, --root where the project is';

function accessOf({ code, call }: SystemError, place: string): string {
  if (call === 'read' || call === 'scandir' || call === 'readlink') return `reading ${place}`;
  if (call === 'mkdir') return `making the folder ${place}`;
  const writes = call === 'write' || call === 'fsync' || ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code);
  return writes ? `writing ${place}` : `the access to ${place}`;
}

function withPlace(doing: string, { file }: SystemError): string {
  return file === undefined || doing.includes(file) ? doing : `${doing}: ${file}`;
}

/** Throws the error as the failure that it stands for, if it does; else as it is. */
export function rethrowAsFailure(error: unknown, doing: string): never {
  const failure = environmentFailure(error, doing);
  throw failure === undefined ? error : new FailureError(failure);
}

/**
 * The failure that an exception stands for: its own, or the environment's, or else a bug in kshot. Only for a bug
 * is the stack shown, for the report.
 */
export function failureOfException(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  if (!(error instanceof Error)) return bug(String(error), []);
  const known = environmentFailure(error) ?? missingPackageFailure(error);
  return known ?? bug(error.message, (error.stack ?? '').split('\n').slice(1), error);
}

function bug(message: string, details: readonly string[], cause?: Error): Failure {
  return {
    reason: 'bug',
    message: `this is a bug in kshot: ${message}`,
    details,
    hint: 'report it with this text, the command line and the output of kshot --version; nothing that was finished is lost',
    cause,
  };
}
