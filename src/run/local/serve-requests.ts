import { Worker } from 'node:worker_threads';
import { FailureError } from '../../base/failure.js';
import type { Kind } from '../../kinds/kind.js';
import type { ExecuteRequest } from '../executor.js';
import { runCancelled } from '../run-cancelled.js';
import { StepLog } from '../step-log.js';
import { executeRequest } from './execute-request.js';
import { endProgramsOf, redirectOutput } from './surround-body.js';
import { sharedPrograms, type WatchdogData, watchPrograms } from './watched-programs.js';
import type { WorkerMessage, WorkerRequest } from './worker-messages.js';

interface Work {
  readonly log: StepLog;
  readonly cancel: AbortController;
  readonly groups: Set<number>;
  /** The mark of the step's programs. */
  readonly folder: string;
}

/**
 * The life of a worker process: one request after the other, until its parent is gone. `process.argv[2]` is the
 * parent's process id.
 */
export function serveRequests(kinds: { readonly [name: string]: Kind }): void {
  const watched = sharedPrograms();
  new Worker(new URL('./watchdog.js', import.meta.url), {
    workerData: { parentProcessId: Number(process.argv[2]), shared: watched } satisfies WatchdogData,
  });
  let work: Work | undefined;
  const end = (): void => {
    if (work !== undefined) endProgramsOf(work);
    process.kill(process.pid, 'SIGKILL');
  };
  const send = (message: WorkerMessage): void => {
    // An error of sending means that the parent is gone: `end` and the watchdog see to that. Unheard, it would end this
    // process before them, and leave alive what it had started.
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  };
  redirectOutput((text) => work?.log.write(text));
  process.on('disconnect', end);
  process.on('message', (request: WorkerRequest) => {
    if (request.type === 'cancel') {
      work?.cancel.abort(new FailureError(runCancelled));
    } else {
      void serve(request);
    }
  });

  async function serve(request: ExecuteRequest): Promise<void> {
    const current: Work = {
      log: new StepLog(request.logFile),
      cancel: new AbortController(),
      groups: new Set(),
      folder: request.scratchFolder,
    };
    work = current;
    const result = await executeRequest(request, kinds, {
      log: current.log,
      cancel: current.cancel,
      listener: {
        progress: (progress) => send({ type: 'progress', progress }),
        log: (line) => send({ type: 'log', line }),
        note: (line) => send({ type: 'note', line }),
      },
      ownProcessGroup(processId) {
        current.groups.add(processId);
        watchPrograms(watched, { groups: [...current.groups], folder: current.folder });
        send({ type: 'process-group', processId });
      },
    });
    if (current.groups.size > 0) watchPrograms(watched);
    current.log.close();
    work = undefined;
    send(result.ok ? { type: 'finished', ...result.value } : { type: 'failed', failure: result.failure });
  }
}
