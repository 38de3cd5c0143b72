import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { beatMilliseconds } from './beat.js';

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
  /** When it took the lock, by its own clock (UTC, ISO 8601): for people alone. Absent in locks of earlier versions. */
  readonly since?: string;
  /** How often it says that it lives; absent where it never does: in locks of earlier versions. */
  readonly beatMilliseconds?: number;
}

let own: Omit<LockOwner, 'token' | 'since'> | undefined;

/** This process, as the owner of a lock with the given token. */
export function thisProcess(token: string): LockOwner {
  own ??= {
    host: thisHost(),
    bootId: thisBoot(),
    processId: process.pid,
    processStart: startOf(process.pid) ?? '',
    beatMilliseconds: beatMilliseconds(),
  };
  return { ...own, token, since: new Date().toISOString() };
}

/** A process of this host, as the owner of a lock with the given token. */
export function processOfThisHost(processId: number, token: string): LockOwner {
  return { ...thisProcess(token), processId, processStart: startOf(processId) ?? 'gone' };
}

/** `foreign`: on another host, where its process cannot be looked at. */
export function livenessOf(
  owner: LockOwner,
  self: Pick<LockOwner, 'host' | 'bootId'> = thisProcess(''),
): 'alive' | 'dead' | 'foreign' {
  if (owner.host !== self.host) return 'foreign';
  // Machines and containers that were made from one image may have all names in common, but were not started together.
  if (owner.bootId !== self.bootId) return isOneMachine(owner.host) ? 'dead' : 'foreign';
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

/** For messages: `host laptop, process 4711, since 2026-01-07 13:05:59 UTC`. */
export function describeOwner(owner: LockOwner): string {
  return `host ${owner.host.split(' ')[0]}, process ${owner.processId}${sinceText(owner)}`;
}

/** When it began, which for a run is the beginning of the run: clocks of two hosts need not agree. */
function sinceText(owner: LockOwner): string {
  const since = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(owner.since ?? '');
  if (since === null) return '';
  const whose = owner.host === thisProcess('').host ? '' : ' by its clock';
  return `, since ${since[1]} ${since[2]} UTC${whose}`;
}

/** The owner written in a lock; undefined where the text is none. */
export function parseOwner(text: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<LockOwner> | null;
    const { since, beatMilliseconds: beat } = owner ?? {};
    const complete =
      (since === undefined || typeof since === 'string') &&
      (beat === undefined || (typeof beat === 'number' && beat > 0)) &&
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

/** Whether a host's name is that of one machine, and no container: it has a machine id and the first process namespace. */
function isOneMachine(host: string): boolean {
  return /^\S+ [0-9a-f]{32} pid:\[4026531836\]$/.test(host);
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
