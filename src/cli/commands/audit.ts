import { printable } from '../../base/terminal-text.js';
import { auditLines } from '../../ui/views/audit-lines.js';
import { projectOf } from '../open-project.js';
import { type PlanningOptions, pipelineRequest } from '../pipeline-request.js';
import { cancelOnSignals } from '../signals.js';
import { type CommonOptions, openTerminal } from '../terminal.js';
import { refusedFile } from './explain.js';

export type AuditOptions = CommonOptions & PlanningOptions;

/** `kshot audit STEP [FILE]`: what the program of a step reads that is in no key, on stdout. */
export async function audit(options: AuditOptions, step: string, file?: string): Promise<number> {
  const terminal = openTerminal(options);
  const refused = refusedFile(file);
  if (refused !== undefined) return terminal.fail([refused]);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const { targets: _, ...request } = pipelineRequest(file === undefined ? [] : [file], options);
  const controller = new AbortController();
  const cancellation = cancelOnSignals(controller, (line) => terminal.say(line));
  try {
    let isAnnounced = false;
    const output = (line: string): void => {
      if (!isAnnounced) terminal.say(`runs ${printable(step)} under strace; what it gives is thrown away`);
      isAnnounced = true;
      terminal.sayWhole(`  ${printable(line)}`);
    };
    const audited = await project.value.audit(step, {
      ...request,
      signal: controller.signal,
      output,
    });
    if (!audited.ok) return terminal.fail(audited.failure);
    if (terminal.json) terminal.document(audited.value);
    else for (const line of auditLines(audited.value)) terminal.show(printable(line));
    const { failures, exitCode } = audited.value;
    if (failures.length > 0 && !terminal.json) terminal.fail(failures);
    return exitCode;
  } finally {
    cancellation.stop();
  }
}
