import { FailureError } from '../../base/failure.js';
import { identityOf } from '../../report/register.js';
import { readManifest, readReport } from '../../report/run-documents.js';
import { findRoot } from '../find-pipeline.js';
import { findRun } from '../find-run.js';
import { metricLines } from '../metric-lines.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

/** `kshot results [RUN]`: the metrics of a run, on stdout. */
export async function results(options: CommonOptions, name?: string): Promise<number> {
  const terminal = openTerminal(options);
  const root = findRoot(process.cwd(), options.root);
  if (!root.ok) return terminal.fail([root.failure]);
  const record = findRun(root.value, name);
  if (!record.ok) return terminal.fail([record.failure]);
  const identity = identityOf(record.value);
  const report = readReport(root.value, identity);
  const manifest = readManifest(root.value, identity);
  if (report === undefined || manifest === undefined) {
    return terminal.fail([
      {
        reason: 'no-results',
        message: `the folder of run ${identity} is gone`,
        hint: 'kshot run makes its results again from the cache',
      },
    ]);
  }
  if (terminal.json) {
    terminal.data(`${JSON.stringify(report)}\n`);
    return 0;
  }
  terminal.say(
    `${identity}, ${report.started_at}, engine ${report.engine}${report.exit_code === 0 ? '' : `, exit code ${report.exit_code}`}`,
  );
  if (report.metrics.length === 0) {
    throw new FailureError({
      reason: 'no-results',
      message: `run ${identity} has no metrics`,
      hint:
        report.failures.length > 0
          ? `it failed: ${report.failures[0]?.node}: ${report.failures[0]?.message}`
          : 'steps of kind eval.few_shot and eval.zero_shot give them',
    });
  }
  for (const line of metricLines(report, terminal.dataStyle)) terminal.data(`${line}\n`);
  return 0;
}
