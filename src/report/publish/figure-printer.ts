import { identityOf, runFolderOf } from '../../artifacts/register.js';
import { readManifest, readReport } from '../../artifacts/run-documents.js';
import { recordedFiles, verifyRecordedFiles } from '../../artifacts/verify-run.js';
import { FailureError } from '../../base/failure.js';
import type { Figure } from '../html/figures/figure.js';
import type { FigureSource } from './publication-source.js';

/** Draws figures of runs for print. */
export interface FigurePrinter {
  /**
   * A figure as PDF, from the verified files of the run whose page has it.
   *
   * @throws FailureError `object-corrupt` where a file that it is made from is not what was recorded
   */
  draw(source: FigureSource, root: string): Promise<Uint8Array>;
}

/** Opens a printer, which reads each run once; what reads and draws is loaded with the first figure, not before. */
export function openFigurePrinter(): FigurePrinter {
  const runs = new Map<string, Promise<readonly Figure[]>>();
  return {
    async draw({ record, id, widthInches }, root) {
      const run = identityOf(record);
      const reading = runs.get(run) ?? figuresOf(root, record);
      runs.set(run, reading);
      const figure = (await reading).find((one) => one.id === id);
      if (figure === undefined) {
        throw new FailureError({
          reason: 'invalid-value',
          message: `this version of kshot draws no figure ${id} of run ${run}`,
          hint: `kshot report ${run} makes its page again`,
        });
      }
      const { drawPdf } = await import('../html/figures/draw-figures.js');
      return await drawPdf(figure, widthInches);
    },
  };
}

async function figuresOf(root: string, record: FigureSource['record']): Promise<readonly Figure[]> {
  const [{ isOfPage }, { readContents }, { runFigures }] = await Promise.all([
    import('../html/write-page.js'),
    import('../html/read-contents.js'),
    import('../html/figures/run-figures.js'),
  ]);
  const identity = identityOf(record);
  const files = Object.fromEntries(Object.entries(record.files).filter(([file]) => !isOfPage(file)));
  await verifyRecordedFiles(recordedFiles(root, { ...record, files }));
  const [report, manifest] = [readReport(root, identity), readManifest(root, identity)];
  // Both are among the verified files.
  if (report === undefined || manifest === undefined) return [];
  const { rows } = await readContents(runFolderOf(root, identity), report, manifest);
  return runFigures(report, manifest, rows).figures;
}
