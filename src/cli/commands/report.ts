import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesOfRun } from '../../artifacts/files-of-run.js';
import { findRun } from '../../artifacts/find-run.js';
import {
  identityOf,
  type RunRecord,
  readRegister,
  replaceRecord,
  runFolderOf,
} from '../../artifacts/register.js';
import { readManifest, readReport } from '../../artifacts/run-documents.js';
import { recordedFiles, verifyRecordedFiles } from '../../artifacts/verify-run.js';
import type { Failure } from '../../base/failure.js';
import { failed, type Result, success } from '../../base/result.js';
import { findRoot } from '../../session/find-pipeline.js';
import { openFile } from '../open-file.js';
import { shownPath } from '../shown-path.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface ReportOptions extends CommonOptions {
  readonly open?: boolean;
}

/**
 * `kshot report [RUN]`: makes report.html and its figures again from the verified files of a run, and prints its path
 * on stdout; opens it with `--open`.
 */
export async function report(options: ReportOptions, name?: string): Promise<number> {
  const terminal = openTerminal(options);
  const root = findRoot(process.cwd(), options.root);
  if (!root.ok) return terminal.fail([root.failure]);
  const named = findRun(root.value, name);
  if (!named.ok) return terminal.fail([named.failure]);
  const record = runOfTables(root.value, named.value);
  if (!record.ok) return terminal.fail([record.failure]);
  const run = identityOf(record.value);
  if (run !== identityOf(named.value)) {
    terminal.say(
      `${identityOf(named.value)} executed nothing: its results, and its report, are those of ${run}`,
    );
  }
  const page = await remakePage(root.value, record.value);
  if (!terminal.json) terminal.data(`${shownPath(page)}\n`);
  const opened = options.open === true ? await openFile(page) : success(undefined);
  if (!opened.ok) return terminal.fail([opened.failure]);
  if (terminal.json) terminal.document({ run, path: page });
  return 0;
}

/** The run whose folder holds the tables that a run shows. */
function runOfTables(root: string, record: RunRecord): Result<RunRecord, Failure> {
  const found = readRegister(root).runs.find((one) => identityOf(one) === record.tables);
  if (found === undefined || !existsSync(runFolderOf(root, record.tables))) {
    return failed({
      reason: 'no-results',
      message: `the folder of run ${record.tables} is gone`,
      hint: 'kshot run makes its results again from the cache',
    });
  }
  if (recordedFiles(root, found, 'tables/').length > 0) return success(found);
  return failed({
    reason: 'no-results',
    message: `run ${record.tables} has no tables to report from`,
    hint: 'what it computed was damaged; kshot run computes it again',
  });
}

/** @throws FailureError `object-corrupt` where a file that the page is made from is not what was recorded */
async function remakePage(root: string, record: RunRecord): Promise<string> {
  const { isOfPage, pageName, writePage } = await import('../../report/html/write-page.js');
  const identity = identityOf(record);
  const folder = runFolderOf(root, identity);
  const sources = Object.fromEntries(Object.entries(record.files).filter(([file]) => !isOfPage(file)));
  await verifyRecordedFiles(recordedFiles(root, { ...record, files: sources }));
  const [found, manifest] = [readReport(root, identity), readManifest(root, identity)];
  // Both are among the verified files.
  if (found !== undefined && manifest !== undefined) await writePage(folder, found, manifest, sources);
  const files = Object.entries(await filesOfRun(folder)).filter(([file]) => isOfPage(file));
  replaceRecord(root, {
    ...record,
    files: Object.fromEntries([...Object.entries(sources), ...files].toSorted(byName)),
  });
  return join(folder, pageName);
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
