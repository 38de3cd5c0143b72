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
import { hasTables } from '../../artifacts/runs/shared-results.js';
import { recordedFiles, verifyRecordedFiles } from '../../artifacts/verify-run.js';
import type { Failure } from '../../base/failure.js';
import { makeFolders } from '../../base/files/make-folders.js';
import { writeUserFile } from '../../base/files/user-file.js';
import { failed, type Result, success } from '../../base/result.js';
import type { Figure } from '../../report/html/figures/figure.js';

/** A page that was made again. */
export interface RemadePage {
  /** The run that was asked for. */
  readonly named: string;
  /** The run in whose folder it is: an earlier one, where an earlier version of kshot gave the run no tables. */
  readonly run: string;
  /** Absolute. */
  readonly path: string;
  /** The figures in print that were asked for, absolute. */
  readonly pdfs: readonly string[];
}

/** Figures of a page for print. */
export interface PdfRequest {
  /** Folder to write them to, absolute; made where it is not there. */
  readonly pdfFolder?: string;
  /** Their width: that of a column of two, 3.3, unless given; the text of a page is some 6.9 wide. */
  readonly widthInches?: number;
}

/** Makes report.html and its figures again from the verified files of a run; with `pdfFolder` its figures as PDF, too. */
export async function remakePage(
  root: string,
  name?: string,
  { pdfFolder, widthInches = 3.3 }: PdfRequest = {},
): Promise<Result<RemadePage, Failure[]>> {
  const named = findRun(root, name);
  if (!named.ok) return failed([named.failure]);
  const record = runOfTables(root, named.value);
  if (!record.ok) return failed([record.failure]);
  const { path, figures } = await writePageOf(root, record.value);
  const pdfs = pdfFolder === undefined ? [] : await writePdfs(figures, pdfFolder, widthInches);
  return success({ named: identityOf(named.value), run: identityOf(record.value), path, pdfs });
}

async function writePdfs(
  figures: readonly Figure[],
  folder: string,
  widthInches: number,
): Promise<readonly string[]> {
  const { drawPdf } = await import('../../report/html/figures/draw-figures.js');
  makeFolders(folder);
  const paths: string[] = [];
  for (const figure of figures) {
    const path = join(folder, `${figure.id}.pdf`);
    writeUserFile(path, await drawPdf(figure, widthInches));
    paths.push(path);
  }
  return paths;
}

/** The run whose folder holds the tables that a run shows. */
function runOfTables(root: string, record: RunRecord): Result<RunRecord, Failure> {
  if (hasTables(record)) return success(record);
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
async function writePageOf(
  root: string,
  record: RunRecord,
): Promise<{ readonly path: string; readonly figures: readonly Figure[] }> {
  const { isOfPage, pageName, writePage } = await import('../../report/html/write-page.js');
  const identity = identityOf(record);
  const folder = runFolderOf(root, identity);
  const sources = Object.fromEntries(Object.entries(record.files).filter(([file]) => !isOfPage(file)));
  await verifyRecordedFiles(recordedFiles(root, { ...record, files: sources }));
  const [found, manifest] = [readReport(root, identity), readManifest(root, identity)];
  // Both are among the verified files.
  const figures =
    found === undefined || manifest === undefined ? [] : await writePage(folder, found, manifest, sources);
  const files = Object.entries(await filesOfRun(folder)).filter(([file]) => isOfPage(file));
  replaceRecord(root, {
    ...record,
    files: Object.fromEntries([...Object.entries(sources), ...files].toSorted(byName)),
  });
  return { path: join(folder, pageName), figures };
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
