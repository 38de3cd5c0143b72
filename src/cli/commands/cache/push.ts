import type { Failure } from '../../../base/failure.js';
import { formatBytes, formatCount } from '../../../base/quantities.js';
import type { Result } from '../../../base/result.js';
import { printable } from '../../../base/terminal-text.js';
import type { Project, SharedRun } from '../../../session/project.js';
import { projectOf } from '../../open-project.js';
import { type CommonOptions, openTerminal } from '../../terminal.js';

/** `kshot push [RUN]`: sends what a run gave to the remote cache. */
export async function push(options: CommonOptions, run?: string): Promise<number> {
  return await share(options, (project) => project.push(run), 'sent', 'are not here');
}

/** `kshot pull [RUN]`: fetches what a run gave from the remote cache; exit 1 where something is on neither side. */
export async function pull(options: CommonOptions, run?: string): Promise<number> {
  return await share(options, (project) => project.pull(run), 'fetched', 'are neither here nor there');
}

async function share(
  options: CommonOptions,
  move: (project: Project) => Promise<Result<SharedRun, Failure[]>>,
  moved: string,
  missing: string,
): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const shared = await move(project.value);
  if (!shared.ok) return terminal.fail(shared.failure);
  const { warnings, ...rest } = shared.value;
  for (const warning of warnings) terminal.warn(warning);
  if (terminal.json) terminal.document(rest);
  else for (const line of sharedLines(shared.value, moved, missing)) terminal.show(line);
  return rest.missing > 0 ? 1 : 0;
}

function sharedLines(shared: SharedRun, moved: string, missing: string): readonly string[] {
  const { run, url, results, kept, amount } = shared;
  const before = results - shared.moved;
  const parts = [
    `${moved} ${formatCount(shared.moved, 'result')} (${formatCount(amount.objects, 'object')} of ${formatBytes(amount.bytes)})`,
    ...(before === 0 ? [] : [`${before} had been before`]),
    ...(kept === 0 ? [] : [`of ${kept} an earlier result stays there`]),
    ...(shared.missing === 0 ? [] : [`${shared.missing} ${missing}; kshot run computes them`]),
  ];
  return [printable(`${run}, ${url}: ${parts.join(', ')}`)];
}
