import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { findRun, folderGone } from '../../artifacts/find-run.js';
import { identityOf, runFolderOf } from '../../artifacts/register.js';
import { type Manifest, type Report, readManifest, readReport } from '../../artifacts/run-documents.js';
import { recordedFiles, verifyRecordedFiles } from '../../artifacts/verify-run.js';
import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import { openLocalStore } from '../open-store.js';

/** What a run found, read from verified files. */
export async function readResults(root: string, name?: string): Promise<Result<Report, Failure[]>> {
  const record = findRun(root, name);
  if (!record.ok) return failed([record.failure]);
  const identity = identityOf(record.value);
  const shownFrom = recordedFiles(root, record.value).filter(({ path }) =>
    ['report.json', 'manifest.json'].includes(basename(path)),
  );
  if (existsSync(runFolderOf(root, identity))) await verifyRecordedFiles(shownFrom);
  const report = readReport(root, identity);
  const manifest = readManifest(root, identity);
  if (report === undefined || manifest === undefined) return failed([folderGone(record.value)]);
  const bad = await badResults(root, report, manifest);
  return bad.length > 0 ? failed(bad) : success(report);
}

/** What is shown must be what the cache holds, where it still holds it: a figure from bytes gone bad is no figure. */
async function badResults(root: string, report: Report, manifest: Manifest): Promise<Failure[]> {
  const opened = await openLocalStore(root);
  if (!opened.ok) return opened.failure;
  const store = opened.value;
  const shown = new Set(
    [...report.metrics, ...report.summaries, ...report.breakdowns, ...report.drift].map((row) => row.node),
  );
  const failures: Failure[] = [];
  for (const { id, derived_from, outputs } of manifest.nodes) {
    if (!shown.has(derived_from ?? id)) continue;
    for (const port of ['metrics', 'summary', 'breakdown', 'drift_summary']) {
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
