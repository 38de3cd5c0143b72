import { basename, dirname } from 'node:path';
import { isPython } from '../../kinds/program/reads/launched-programs.js';
import { addressesIn, makesFile, pathsIn } from './call-arguments.js';
import { createSystemCallReader, type SystemCall } from './system-calls.js';

/** What was done with a file, the strongest first: of a folder its names were listed. */
const waysToRead = ['run', 'read', 'listed', 'looked-at'] as const;
export type WayToRead = (typeof waysToRead)[number];

/** A file that a traced program, or one that it started, has read. */
export interface Access {
  /** As it was named, made absolute. */
  readonly path: string;
  /** The same without links, where strace tells. */
  readonly real?: string;
  readonly how: WayToRead;
  /** The program that did so, absolute. */
  readonly by: string;
  /**
   * `own`: by what the step is there for. `start`: by a Python that had not opened a file of the step's folder yet.
   * `before`: by something that ran before any Python did.
   */
  readonly stage: 'own' | 'start' | 'before';
}

/** All that a traced program did that no key may know. */
export interface TracedAccesses {
  /** By path, in the order of their first. */
  readonly found: ReadonlyMap<string, Access>;
  /** Paths at which nothing was, absolute, and when they were looked for. */
  readonly missed: ReadonlyMap<string, Access['stage']>;
  /** Addresses of other machines that it connected to. */
  readonly addresses: ReadonlySet<string>;
}

/** The calls that are to be traced. */
export const tracedCalls = [
  'open,openat,openat2,creat,execve,execveat,getdents,getdents64',
  '%stat,%lstat,newfstatat,statx,access,faccessat,faccessat2,readlink,readlinkat',
  'chdir,fchdir,fork,vfork,clone,clone3,mkdir,mkdirat,rename,renameat,renameat2,connect',
].join(',');

/** What a process has of its own; threads of one process share it. */
interface TracedProcess {
  /** Shared where the system shares it. */
  readonly at: { folder: string };
  program: string;
  /** Since it runs this program it has opened a file of the step's folder. */
  hasBegun: boolean;
}

/**
 * Follows a program through strace's output (`strace -f -y`): what it and all that it starts read, by absolute paths.
 * Files that it has made itself do not count.
 */
export class AccessReader implements TracedAccesses {
  readonly found = new Map<string, Access>();
  readonly missed = new Map<string, Access['stage']>();
  readonly addresses = new Set<string>();
  private readonly folder: string;
  private readonly interpreterOf: (program: string) => string | undefined;
  private readonly calls = createSystemCallReader();
  private readonly processes = new Map<number, TracedProcess>();
  private readonly made = new Set<string>();
  private hasPython = false;

  /**
   * @param folder that the program starts in, absolute, without links
   * @param interpreterOf the program that the first line of a script names; undefined of what is no script
   */
  constructor(folder: string, interpreterOf: (program: string) => string | undefined = () => undefined) {
    this.folder = folder;
    this.interpreterOf = interpreterOf;
  }

  /** Takes the next line of strace's output. */
  read(line: string): void {
    const call = this.calls.read(line);
    if (call === undefined) return;
    const { name, given, result, error } = call;
    const process = this.processOf(call.processId);
    const [path, second] = pathsIn(call, process.at.folder);
    if (error === 'ENOENT' && path !== undefined && this.missed.get(path) !== 'own') {
      this.missed.set(path, this.stageOf(process));
    }
    const hasConnected = name === 'connect' && (result === 0 || error === 'EINPROGRESS');
    if (hasConnected) for (const address of addressesIn(given)) this.addresses.add(address);
    if (result === undefined || result < 0) return;
    if (isFork(name)) {
      if (!this.processes.has(result)) this.processes.set(result, childOf(process, given));
    } else if (path !== undefined) this.follow(call, process, path, second);
  }

  /** A call that did what it was to do. */
  private follow(call: SystemCall, process: TracedProcess, path: string, second: string | undefined): void {
    const [verb] = /^(?:exec|f?chdir|mkdir|rename|getdents|open|creat)?/.exec(call.name) ?? [];
    switch (verb) {
      case 'exec':
        this.run(path, process);
        break;
      case 'chdir':
      case 'fchdir':
        process.at.folder = path;
        break;
      case 'mkdir':
        this.made.add(path);
        break;
      case 'rename':
        if (second !== undefined && this.isMade(path)) this.made.add(second);
        break;
      case 'getdents':
        this.add(path, 'listed', process);
        break;
      case 'open':
      case 'creat':
        this.open(path, call, process);
        break;
      default:
        // Of folders and the like nothing is learnt.
        if (!/\bS_IF(?!REG)/.test(call.given)) this.add(path, 'looked-at', process);
    }
  }

  private processOf(id: number): TracedProcess {
    const known = this.processes.get(id);
    if (known !== undefined) return known;
    // Its first call may be told of before the one that made it has come back.
    const forking = [...this.calls.begun].findLast(([, text]) => isFork(text.split('(')[0] ?? ''));
    const parent = forking === undefined ? undefined : this.processes.get(forking[0]);
    const process =
      parent === undefined || forking === undefined
        ? { at: { folder: this.folder }, program: '', hasBegun: false }
        : childOf(parent, forking[1]);
    this.processes.set(id, process);
    return process;
  }

  private run(path: string, process: TracedProcess): void {
    this.add(path, 'run', process);
    const interpreter = this.interpreterOf(path);
    if (interpreter !== undefined) this.add(interpreter, 'run', process);
    process.program = interpreter ?? path;
    process.hasBegun = false;
    if (isPython(basename(process.program))) this.hasPython = true;
  }

  private open(path: string, { name, given, resultPath }: SystemCall, process: TracedProcess): void {
    if (name === 'creat' || makesFile(given)) {
      this.made.add(path);
      if (resultPath !== undefined) this.made.add(resultPath);
    } else if (!/\bO_(?:DIRECTORY|PATH|TMPFILE|WRONLY)\b/.test(given)) {
      if ((resultPath ?? path).startsWith(`${this.folder}/`) || isOfUserAtStart(path))
        process.hasBegun = true;
      this.add(path, 'read', process, resultPath);
    }
  }

  private add(path: string, how: WayToRead, process: TracedProcess, real: string = path): void {
    if (this.isMade(path) || this.isMade(real)) return;
    const access: Access = {
      path,
      ...(real === path ? {} : { real }),
      how,
      by: process.program,
      stage: this.stageOf(process),
    };
    const before = this.found.get(path);
    if (before === undefined || isStronger(access, before)) this.found.set(path, access);
  }

  private stageOf({ program, hasBegun }: TracedProcess): Access['stage'] {
    if (isPython(basename(program))) return hasBegun ? 'own' : 'start';
    return this.hasPython || hasBegun ? 'own' : 'before';
  }

  private isMade(path: string): boolean {
    return isAtOrBelow(path, this.made);
  }
}

/** Whether Python runs it when it starts though it is not its own: found by PYTHONPATH, say. */
function isOfUserAtStart(path: string): boolean {
  return /\/(?:site|user)customize[./]/.test(path) && !/\/lib(?:64)?\/python\d/.test(path);
}

function isFork(name: string): boolean {
  return /^(?:v?fork|clone3?)$/.test(name);
}

/** It begins as its parent is; of threads and the like both go on as one. */
function childOf(parent: TracedProcess, given: string): TracedProcess {
  if (given.includes('CLONE_THREAD')) return parent;
  return { ...parent, at: given.includes('CLONE_FS') ? parent.at : { ...parent.at } };
}

function isStronger(access: Access, before: Access): boolean {
  const change = waysToRead.indexOf(before.how) - waysToRead.indexOf(access.how);
  return change > 0 || (change === 0 && before.stage !== 'own' && access.stage === 'own');
}

function isAtOrBelow(path: string, places: ReadonlySet<string>): boolean {
  if (places.size === 0) return false;
  for (let place = path; place !== '/' && place !== '.'; place = dirname(place)) {
    if (places.has(place)) return true;
  }
  return false;
}
