import { type Failure, FailureError } from '../../base/failure.js';
import { own } from '../../base/own-properties.js';
import { killProcessGroup } from '../../base/process-group.js';
import { failed, type Result } from '../../base/result.js';
import { killProcessesOf } from '../../base/step-processes.js';
import { gpuEnvironment } from '../../engines/gpu-devices.js';
import type { Kind } from '../../kinds/kind.js';
import type { Executed, ExecuteRequest, ExecutionListener } from '../executor.js';
import { runCancelled } from '../run-cancelled.js';
import { StepLog } from '../step-log.js';
import { executeRequest } from './execute-request.js';
import type { NodePool } from './worker-pool.js';

/** How long a cancelled body has to end the programs that it started. */
const graceMilliseconds = 1_000;

interface RunningBody {
  readonly cancel: AbortController;
  readonly groups: Set<number>;
  /** The mark of the step's programs. */
  readonly folder: string;
}

/**
 * Executes nodes in this process, one after another, so that a debugger or a profiler of it sees the bodies. The same
 * requests give the same bytes as in processes of their own; what is lost is what those are for: a body that crashes
 * ends the run, one that never waits cannot be cancelled, and programs that it started outlive a `kill -9`.
 */
export class InProcessPool implements NodePool {
  readonly startedCount = 0;
  private readonly kinds: { readonly [name: string]: Kind };
  /** Settles when what was asked for so far is done. */
  private last: Promise<unknown> = Promise.resolve();
  private running: RunningBody | undefined;
  private closed = false;
  private readonly onExit = () => this.killPrograms();

  constructor(kinds: { readonly [name: string]: Kind }) {
    this.kinds = kinds;
    process.once('exit', this.onExit);
  }

  execute(request: ExecuteRequest, listener: ExecutionListener): Promise<Result<Executed, Failure>> {
    const result = this.last.then(() =>
      this.closed ? failed(runCancelled) : this.executeNow(request, listener),
    );
    this.last = result;
    return result;
  }

  async cancel(): Promise<void> {
    this.closed = true;
    this.running?.cancel.abort(new FailureError(runCancelled));
    const timer = setTimeout(() => this.killPrograms(), graceMilliseconds);
    await this.last;
    clearTimeout(timer);
    await this.close();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.killPrograms();
    await this.last;
    process.off('exit', this.onExit);
  }

  /** What a library of this process holds of a device, it keeps. */
  async retire(): Promise<void> {}

  private async executeNow(
    request: ExecuteRequest,
    listener: ExecutionListener,
  ): Promise<Result<Executed, Failure>> {
    const body: RunningBody = {
      cancel: new AbortController(),
      groups: new Set(),
      folder: request.scratchFolder,
    };
    this.running = body;
    const log = new StepLog(request.logFile);
    const restore = setEnvironment(gpuEnvironment(request.gpus));
    try {
      return await executeRequest(request, this.kinds, {
        log,
        cancel: body.cancel,
        listener,
        ownProcessGroup: (processId) => void body.groups.add(processId),
      });
    } finally {
      restore();
      log.close();
      this.running = undefined;
    }
  }

  private killPrograms(): void {
    if (this.running === undefined || this.running.groups.size === 0) return;
    for (const group of this.running.groups) killProcessGroup(group, 'SIGKILL');
    killProcessesOf(this.running.folder);
  }
}

/** Sets variables of this process; what is returned puts them back. */
function setEnvironment(variables: { readonly [name: string]: string }): () => void {
  const before = Object.keys(variables).map((name) => [name, own(process.env, name)] as const);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
