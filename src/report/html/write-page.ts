import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest, Report } from '../../artifacts/run-documents.js';
import { writeFileAtomic } from '../../base/files/atomic-file.js';
import { writeFile } from '../../base/files/write-file.js';
import { loadInProduction } from '../../base/load-in-production.js';
import type { ObjectReference } from '../../store/entry.js';
import type { DrawnFigure } from './figures/draw-figures.js';
import type { Figure } from './figures/figure.js';
import { runFigures } from './figures/run-figures.js';
import { readContents } from './read-contents.js';
import type { RunContents } from './report-model.js';
import { readEmptyTables } from './run-rows.js';

/** The page in a run's folder. */
export const pageName = 'report.html';
/** Where its figures are, in the run's folder. */
const figuresFolder = 'figures';

/** Whether a file of a run's folder is of its page, and so made from the others. */
export function isOfPage(name: string): boolean {
  return name === pageName || name.startsWith(`${figuresFolder}/`);
}

/** A page before its files are known: what it shows, and its figures. */
export interface DrawnPage {
  readonly contents: RunContents;
  readonly figures: readonly DrawnFigure[];
  /** How many figures are left out. */
  readonly left: number;
}

/** The files of a run, by the names in its folder. */
type FilesOfRun = { readonly [name: string]: ObjectReference };

/**
 * Writes report.html and its figures into a run's folder, whose documents and tables must be there and verified.
 *
 * @returns the figures
 * @param others what else the run wrote; what users put there is no part of the page
 */
export async function writePage(
  folder: string,
  report: Report,
  manifest: Manifest,
  others: FilesOfRun,
): Promise<readonly Figure[]> {
  const page = await drawPage(folder, report, manifest);
  await putPage(folder, page, others);
  return page.figures;
}

/**
 * Draws what a page shows, of documents and tables in a run's folder that are there and verified; `ranks` may be missing.
 * What draws figures is loaded only where there are some.
 *
 * @param isWanted asked before each figure: where it answers false, no more are drawn
 */
export async function drawPage(
  folder: string,
  report: Report,
  manifest: Manifest,
  isWanted?: () => Promise<boolean>,
): Promise<DrawnPage> {
  const contents = await readContents(folder, report, manifest);
  const { figures, left } = runFigures(report, manifest, contents.rows);
  const drawn =
    figures.length === 0
      ? []
      : await (await import('./figures/draw-figures.js')).drawFigures(figures, isWanted);
  return { contents, figures: drawn, left };
}

/** Writes a page that is drawn, once all tables are there; an earlier page is not touched before. */
export async function putPage(folder: string, page: DrawnPage, others: FilesOfRun): Promise<void> {
  const images = page.figures.flatMap(({ id, svg, png }) => [
    { name: `${figuresFolder}/${id}.svg`, bytes: Buffer.from(svg) },
    { name: `${figuresFolder}/${id}.png`, bytes: png },
  ]);
  const emptyTables = await readEmptyTables(join(folder, 'tables'));
  const text = await pageText(page, [
    ...Object.entries(others)
      .filter(([name]) => !emptyTables.some((table) => name === `tables/${table}.parquet`))
      .map(([name, { bytes }]) => ({ name, bytes })),
    ...images.map(({ name, bytes }) => ({ name, bytes: bytes.length })),
  ]);
  rmSync(join(folder, figuresFolder), { recursive: true, force: true });
  if (images.length > 0) mkdirSync(join(folder, figuresFolder));
  for (const { name, bytes } of images) writeFile(join(folder, name), bytes);
  writeFileAtomic(join(folder, pageName), text);
}

/** The page as HTML. */
export async function pageText(
  { contents, figures, left }: DrawnPage,
  files: readonly { readonly name: string; readonly bytes: number }[],
): Promise<string> {
  const { renderPage } = await loadInProduction(() => import('./render-page.js'));
  return renderPage({ contents, figures, figuresLeft: left, files });
}
