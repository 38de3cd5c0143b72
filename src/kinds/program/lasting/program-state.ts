import { constants, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FailureError } from '../../../base/failure.js';
import { namesIn } from '../../../base/files/folders.js';
import { makeFolders } from '../../../base/files/make-folders.js';
import { systemErrorOf } from '../../../base/system-error.js';
import type { KindContext } from '../../kind-body.js';
import { packFolder } from '../folder/pack-folder.js';
import { unpackFolder } from '../folder/unpack-folder.js';
import { eventsFile, eventsVariable } from '../program-events.js';
import { statePort } from './program-segments.js';

/** The environment variable that names the folder in which a program keeps what it needs to go on. */
export const stateVariable = 'KSHOT_STATE';
/** Ends the name of what `kshot.py` has not written to its end. */
const unfinishedSuffix = '.kshot-part';

/** What a program has that outlives an attempt at its node. */
export interface ProgramState {
  /** There; empty unless an attempt before has left something, or the segment before. */
  readonly folder: string;
  /** The file of its events, and what it holds by now: those of the attempts whose state it goes on from. */
  readonly events: string;
  readonly eventsBefore: Buffer;
  /** It is what a broken attempt at this very node left. */
  readonly isResumed: boolean;
}

type KeptIn = Pick<KindContext, 'partial'>;

/**
 * Makes the folder of a program's state, or finds it as a broken attempt at this node left it, with the events that it
 * had sent: what it told of its way to that state is not told again.
 *
 * @param before What it holds at first, packed: that of the segment before.
 */
export async function openState(
  context: KeptIn & Pick<KindContext, 'log' | 'scratch'>,
  before?: string,
): Promise<ProgramState> {
  const { folder, events } = placesIn(context);
  if (holdsState(folder)) {
    context.log(`goes on from what an attempt before left in ${stateVariable}`);
    return { folder, events, eventsBefore: wholeLinesOf(events), isResumed: true };
  }
  rmSync(context.partial.folder, { recursive: true, force: true });
  if (before === undefined) makeFolders(folder);
  else {
    // It is there whole or not at all: half a copy would be gone on from.
    const copy = join(dirname(context.scratch), 'state-before');
    await unpackFolder(before, copy, true);
    makeFolders(context.partial.folder);
    renameSync(copy, folder);
  }
  return { folder, events, eventsBefore: Buffer.alloc(0), isResumed: false };
}

export function environmentOfState({ folder, events }: ProgramState): { readonly [name: string]: string } {
  return { [stateVariable]: folder, [eventsVariable]: events };
}

/** Lays the events beside what the program has written, from where outputs are taken and failed steps looked at. */
export async function placeEvents(
  { scratch }: Pick<KindContext, 'scratch'>,
  { events }: ProgramState,
): Promise<void> {
  try {
    // A pipe would be waited for.
    if (statSync(events, { throwIfNoEntry: false })?.isFile() !== true) return;
    await copyFile(events, join(scratch, eventsFile), constants.COPYFILE_FICLONE);
  } catch (error) {
    // The program may have removed its folder, which is told where outputs are looked for.
    if (systemErrorOf(error)?.code !== 'ENOENT') throw error;
  }
}

/** Gives what a segment has left as its output. @throws FailureError `output-missing` where that is nothing */
export async function handOnState(
  { output }: Pick<KindContext, 'output'>,
  { folder }: ProgramState,
): Promise<void> {
  if (!holdsState(folder)) {
    throw new FailureError({
      reason: 'output-missing',
      message: `the program left nothing in the folder that ${stateVariable} names, from which the segment after it goes on`,
      hint: 'have it keep there all that it needs to go on, as with kshot.state.save',
    });
  }
  await packFolder(folder, `${stateVariable}/`, output(statePort));
}

/** Removes what is of no use to another attempt: all, where the program keeps no state. */
export function closeState(context: KeptIn): void {
  if (!holdsState(placesIn(context).folder)) {
    rmSync(context.partial.folder, { recursive: true, force: true });
  }
}

function placesIn({ partial }: KeptIn) {
  return { folder: stateFilesIn(partial.folder), events: join(partial.folder, 'events.jsonl') };
}

/** The folder of a program's state, in what is kept for its node (`PartialState.folder`). */
export function stateFilesIn(folder: string): string {
  return join(folder, 'files');
}

/** Whether there is anything in it, when what was not written to its end is taken out. */
function holdsState(folder: string): boolean {
  for (const entry of namesIn(folder).length === 0 ? [] : readdirSync(folder, entriesBelow)) {
    if (entry.isFile() && entry.name.endsWith(unfinishedSuffix)) {
      rmSync(join(entry.parentPath, entry.name), { force: true });
    }
  }
  return namesIn(folder).length > 0;
}

const entriesBelow = { recursive: true, withFileTypes: true } as const;

/** The lines that have their end; the rest, which a kill has cut off, is taken out of the file. */
function wholeLinesOf(file: string): Buffer {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return Buffer.alloc(0);
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) truncateSync(file, end);
  return bytes.subarray(0, end);
}
