import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findRun, folderGone } from '../../artifacts/find-run.js';
import { identityOf, runFolderOf } from '../../artifacts/register.js';
import { type Manifest, type Report, readManifest, readReport } from '../../artifacts/run-documents.js';
import { recordedFiles, verifyRecordedFiles } from '../../artifacts/verify-run.js';
import { type Failure, FailureError } from '../../base/failure.js';
import { openStore } from '../../store/open-store.js';
import { findRoot } from '../find-pipeline.js';
import { metricLines } from '../metric-lines.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

/** `kshot results [RUN]`: the figures of a run, on stdout. */
export async function results(options: CommonOptions, name?: string): Promise<number> {
  const terminal = openTerminal(options);
  const root = findRoot(process.cwd(), options.root);
  if (!root.ok) return terminal.fail([root.failure]);
  const record = findRun(root.value, name);
  if (!record.ok) return terminal.fail([record.failure]);
  const identity = identityOf(record.value);
  const shownFrom = recordedFiles(root.value, record.value).filter(({ path }) =>
    ['report.json', 'manifest.json'].includes(basename(path)),
  );
  if (existsSync(runFolderOf(root.value, identity))) await verifyRecordedFiles(shownFrom);
  const report = readReport(root.value, identity);
  const manifest = readManifest(root.value, identity);
  if (report === undefined || manifest === undefined) {
    return terminal.fail([folderGone(record.value)]);
  }
  const bad = await badResults(root.value, report, manifest);
  if (bad.length > 0) return terminal.fail(bad);
  if (terminal.json) {
    terminal.document(report);
    return 0;
  }
  terminal.say(
    `${identity}, ${report.started_at}, engine ${report.engine}${report.exit_code === 0 ? '' : `, exit code ${report.exit_code}`}`,
  );
  if (report.metrics.length + report.summaries.length === 0) {
    throw new FailureError({
      reason: 'no-results',
      message: `run ${identity} has no metrics`,
      hint:
        report.failures.length > 0
          ? `it failed: ${report.failures[0]?.node}: ${report.failures[0]?.message}`
          : 'steps of kind eval.few_shot and eval.zero_shot give them',
    });
  }
  for (const line of metricLines(report, { style: terminal.dataStyle, width: terminal.dataWidth }))
    terminal.data(`${line}\n`);
  return 0;
}

/** What is shown must be what the cache holds, where it still holds it: a figure from bytes gone bad is no figure. */
async function badResults(root: string, report: Report, manifest: Manifest): Promise<readonly Failure[]> {
  const store = await openStore(join(root, 'cache'));
  const shown = new Set([...report.metrics, ...report.summaries, ...report.drift].map((row) => row.node));
  const failures: Failure[] = [];
  for (const { id, derived_from, outputs } of manifest.nodes) {
    if (!shown.has(derived_from ?? id)) continue;
    for (const port of ['metrics', 'summary', 'drift_summary']) {
      const output = outputs[port];
      if (output === undefined || !existsSync(store.objectPath(output.digest))) continue;
      if (await store.verify(output)) continue;
      failures.push({
        reason: 'object-corrupt',
        message: `the ${port} of ${id} in the cache are not what was stored; they were set aside`,
        hint: 'kshot run computes them again',
      });
    }
  }
  return failures;
}
