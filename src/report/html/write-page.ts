import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest, Report } from '../../artifacts/run-documents.js';
import { writeFileAtomic } from '../../base/files/atomic-file.js';
import { writeFile } from '../../base/files/write-file.js';
import { loadInProduction } from '../../base/load-in-production.js';
import type { ObjectReference } from '../../store/entry.js';
import type { Figure } from './figures/figure.js';
import { runFigures } from './figures/run-figures.js';
import { readContents } from './read-contents.js';

/** The page in a run's folder. */
export const pageName = 'report.html';
/** Where its figures are, in the run's folder. */
const figuresFolder = 'figures';

/** Whether a file of a run's folder is of its page, and so made from the others. */
export function isOfPage(name: string): boolean {
  return name === pageName || name.startsWith(`${figuresFolder}/`);
}

/**
 * Writes report.html and its figures into a run's folder, whose documents and tables must be there and verified.
 * What draws figures is loaded only where there are some, and all is drawn before an earlier page is touched.
 *
 * @returns the figures
 * @param others what else the run wrote, by the names in its folder; what users put there is no part of the page
 */
export async function writePage(
  folder: string,
  report: Report,
  manifest: Manifest,
  others: { readonly [name: string]: ObjectReference },
): Promise<readonly Figure[]> {
  const contents = await readContents(folder, report, manifest);
  const { figures, left } = runFigures(report, manifest, contents.rows);
  const drawn =
    figures.length === 0 ? [] : await (await import('./figures/draw-figures.js')).drawFigures(figures);
  const images = drawn.flatMap(({ id, svg, png }) => [
    { name: `${figuresFolder}/${id}.svg`, bytes: Buffer.from(svg) },
    { name: `${figuresFolder}/${id}.png`, bytes: png },
  ]);
  const { renderPage } = await loadInProduction(() => import('./render-page.js'));
  const page = renderPage({
    contents,
    figures: drawn,
    figuresLeft: left,
    files: [
      ...Object.entries(others)
        .filter(([name]) => !contents.rows.emptyTables.some((table) => name === `tables/${table}.parquet`))
        .map(([name, { bytes }]) => ({ name, bytes })),
      ...images.map(({ name, bytes }) => ({ name, bytes: bytes.length })),
    ],
  });
  rmSync(join(folder, figuresFolder), { recursive: true, force: true });
  if (images.length > 0) mkdirSync(join(folder, figuresFolder));
  for (const { name, bytes } of images) writeFile(join(folder, name), bytes);
  writeFileAtomic(join(folder, pageName), page);
  return figures;
}
