import { constants } from 'node:fs';
import { copyFile, realpath, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError } from '../../base/failure.js';
import type { KindContext } from '../kind-body.js';
import { isFolder } from './folder/is-folder.js';
import { packFolder } from './folder/pack-folder.js';
import { isInside, placeOf } from './place-inputs.js';
import { eventsFile } from './program-events.js';

/**
 * Moves what the program wrote to the output ports: all of it, or nothing, so that it is kept as it is where a file is unfit.
 *
 * @throws FailureError `output-missing` where a file is unfit
 */
export async function collectOutputs(
  context: KindContext,
  outputs: { readonly [port: string]: string },
): Promise<void> {
  const written: Written[] = [];
  for (const [port, path] of Object.entries(outputs)) written.push(await findWritten(context, port, path));
  // First what leaves things where they are, some of which may yet be unfit.
  for (const { path, found, target, isOwn } of written) {
    if (isFolder(path)) await packFolder(found, path, target);
    else if (!isOwn) await copyFile(found, target, constants.COPYFILE_FICLONE);
  }
  for (const { path, found, target, isOwn } of written) {
    if (isOwn && !isFolder(path)) await rename(found, target);
  }
}

/** What a program wrote for a port, known to be fit for it. */
interface Written {
  readonly path: string;
  /** Without links, absolute. */
  readonly found: string;
  /** The port's file. */
  readonly target: string;
  /** Whether it is no link to something else. */
  readonly isOwn: boolean;
}

async function findWritten(context: KindContext, port: string, path: string): Promise<Written> {
  // Follows links, of folders above it too.
  const found = await realpath(placeOf(context, path)).catch(() => undefined);
  const folder = await realpath(context.scratch).catch(() => undefined);
  if (folder === undefined) {
    throw unfit(
      `the program removed the folder in which it was started, and ${path} with it`,
      'have the program remove only what it has made',
    );
  }
  if (found === undefined && path === eventsFile) {
    throw unfit(
      `the program sent nothing to KSHOT_EVENTS, of which outputs.${port} was to be made`,
      'log figures as it goes (kshot.log(step, loss=…)), or name a file that it writes: { path: FILE, as: history }',
    );
  }
  if (found === undefined) {
    throw unfit(
      `the program did not write ${path}`,
      `outputs.${port} names a file relative to the folder in which the program starts`,
    );
  }
  if (!isInside(found, folder)) {
    throw unfit(
      `${path} is a link to ${found}, outside of the step's folder`,
      'have the program copy the file',
    );
  }
  const look = await stat(found);
  if (look.isDirectory()) {
    if (isFolder(path)) return { path, found, target: context.output(port), isOwn: true };
    throw unfit(
      `${path} is a folder, and a file was declared`,
      `a path that ends in a slash is a folder: outputs: { ${port}: ${path}/ }`,
    );
  }
  if (isFolder(path)) {
    throw unfit(
      `${path} is no folder, as its slash says`,
      `leave the slash out for a file: outputs: { ${port}: ${path.slice(0, -1)} }`,
    );
  }
  if (!look.isFile()) throw unfit(`${path} is neither a file nor a folder`, 'have the program write a file');
  return { path, found, target: context.output(port), isOwn: found === join(folder, path) };
}

function unfit(message: string, hint: string): FailureError {
  return new FailureError({ reason: 'output-missing', message, hint });
}
