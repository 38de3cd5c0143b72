import { identityOf } from '../../artifacts/register.js';
import type { Report } from '../../artifacts/run-documents.js';
import type { Failure } from '../../base/failure.js';
import { metricLines } from '../../ui/views/metric-lines.js';
import { projectOf } from '../open-project.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

/** `kshot results [RUN]`: the figures of a run, on stdout. */
export async function results(options: CommonOptions, name?: string): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const found = await project.value.results(name);
  if (!found.ok) return terminal.fail(found.failure);
  const report = found.value;
  if (terminal.json) {
    terminal.document(report);
    return 0;
  }
  const identity = identityOf(report);
  terminal.say(
    `${identity}, ${report.started_at}, engine ${report.engine}${report.exit_code === 0 ? '' : `, exit code ${report.exit_code}`}`,
  );
  if (report.metrics.length + report.summaries.length === 0) {
    return terminal.fail([withoutMetrics(identity, report)]);
  }
  for (const line of metricLines(report, { style: terminal.dataStyle, width: terminal.dataWidth }))
    terminal.data(`${line}\n`);
  return 0;
}

function withoutMetrics(identity: string, { failures }: Report): Failure {
  const [first] = failures;
  return {
    reason: 'no-results',
    message: `run ${identity} has no metrics`,
    hint:
      first === undefined
        ? 'evaluations give them, and programs by an output `as: metrics`'
        : `it failed: ${first.node}: ${first.message}`,
  };
}
