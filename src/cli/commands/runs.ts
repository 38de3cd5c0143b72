import type { Failure } from '../../base/failure.js';
import { printable } from '../../base/terminal-text.js';
import { runLines } from '../../ui/views/run-lines.js';
import { projectOf } from '../open-project.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

/** `kshot runs`: all runs, the latest last, on stdout. */
export async function runs(options: CommonOptions): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const listed = await project.value.listRuns();
  if (!listed.ok) return terminal.fail(listed.failure);
  if (terminal.json) terminal.document({ runs: listed.value });
  else if (listed.value.length === 0) terminal.say('there are no runs yet');
  else {
    const layout = { style: terminal.dataStyle, width: terminal.dataWidth };
    for (const line of runLines(listed.value, layout)) terminal.data(`${line}\n`);
    for (const { run, copies = [] } of listed.value) {
      for (const copy of copies) terminal.warn(copyWarning(copy, run));
    }
  }
  return 0;
}

function copyWarning(copy: string, run: string): Failure {
  return {
    reason: 'usage',
    message: `${copy} is a copy of ${run}, and no run`,
    hint: `artifacts/${copy} can be deleted`,
  };
}

/** `kshot runs rename OLD NEW` */
export async function runsRename(options: CommonOptions, name: string, tag: string): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const renamed = await project.value.renameRun(name, tag);
  if (!renamed.ok) return terminal.fail(renamed.failure);
  if (terminal.json) terminal.document({ run: renamed.value });
  else terminal.show(printable(`renamed to ${renamed.value}`));
  return 0;
}

/** `kshot runs remove RUN...` */
export async function runsRemove(options: CommonOptions, names: readonly string[]): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const removed = await project.value.removeRuns(names);
  if (!removed.ok) return terminal.fail(removed.failure);
  if (terminal.json) terminal.document({ removed: removed.value });
  else for (const run of removed.value) terminal.show(printable(`removed ${run}`));
  return 0;
}
