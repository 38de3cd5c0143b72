import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who holds a lock: enough to tell later whether that very process is still there. */
export interface LockOwner {
  /** Host name, with machine id and process namespace where the system has them: process ids mean something within it. */
  readonly host: string;
  /** Changes with every start of the host. */
  readonly bootId: string;
  readonly processId: number;
  /** When the process started, in the system's own unit: tells a process from a later one of the same id. */
  readonly processStart: string;
  /** Random; no two locks have the same. */
  readonly token: string;
}

let own: Omit<LockOwner, 'token'> | undefined;

/** This process, as the owner of a lock with the given token. */
export function thisProcess(token: string): LockOwner {
  own ??= {
    host: thisHost(),
    bootId: thisBoot(),
    processId: process.pid,
    processStart: startOf(process.pid) ?? '',
  };
  return { ...own, token };
}

/** A process of this host, as the owner of a lock with the given token. */
export function processOfThisHost(processId: number, token: string): LockOwner {
  return { ...thisProcess(token), processId, processStart: startOf(processId) ?? 'gone' };
}

/** `foreign`: on another host, where nothing can be known of it. */
export function livenessOf(owner: LockOwner): 'alive' | 'dead' | 'foreign' {
  const self = thisProcess('');
  if (owner.host !== self.host) return 'foreign';
  if (owner.bootId !== self.bootId) return 'dead';
  try {
    process.kill(owner.processId, 0);
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'dead';
  }
  // Of a process that may not be looked at, nothing is known but that there is one.
  const start = startOf(owner.processId);
  return start === undefined || start === owner.processStart ? 'alive' : 'dead';
}

/** For messages: `host laptop, process 4711`. */
export function describeOwner(owner: LockOwner): string {
  return `host ${owner.host.split(' ')[0]}, process ${owner.processId}`;
}

/** The owner written in a lock; undefined where the text is none. */
export function parseOwner(text: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<LockOwner> | null;
    const complete =
      typeof owner?.host === 'string' &&
      typeof owner.bootId === 'string' &&
      Number.isSafeInteger(owner.processId) &&
      typeof owner.processStart === 'string' &&
      typeof owner.token === 'string';
    return complete ? (owner as LockOwner) : undefined;
  } catch {
    return undefined;
  }
}

function thisHost(): string {
  // Containers may share host name and machine id, but not process ids.
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'));
  const machine = attempt(() => readFileSync('/etc/machine-id', 'utf8').trim());
  return [hostname(), machine, namespace].filter((part) => part !== undefined && part !== '').join(' ');
}

function thisBoot(): string {
  if (process.platform === 'darwin') {
    return execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }).trim();
  }
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** Undefined where it cannot be read; `gone` for a process that has ended and only waits for its parent. */
function startOf(processId: number): string | undefined {
  if (process.platform === 'darwin') {
    return attempt(() =>
      execFileSync('ps', ['-o', 'lstart=', '-p', String(processId)], { encoding: 'utf8' }).trim(),
    );
  }
  const stat = attempt(() => readFileSync(`/proc/${processId}/stat`, 'utf8'));
  if (stat === undefined) return undefined;
  // The name stands in brackets and may hold anything; the fields after it are state (3) to start time (22) and on.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? 'gone' : fields[19];
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
