import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { readDocument } from '../../artifacts/read-document.js';
import type { Manifest, Report } from '../../artifacts/run-documents.js';
import type { Json, JsonObject } from '../../base/json.js';
import { lastLinesOf, logFileName } from '../../run/step-log.js';
import { type Exhibit, readExhibits } from '../exhibits.js';
import type { RunContents, ShownExhibit } from './report-model.js';
import { readRunRows } from './run-rows.js';

const linesOfLog = 12;
const longestLine = 300;

/**
 * What a page shows, from a run's folder whose files have been verified.
 *
 * @throws FailureError `object-corrupt` where a file holds something else than kshot wrote
 */
export async function readContents(folder: string, report: Report, manifest: Manifest): Promise<RunContents> {
  const configuration = readDocument(join(folder, 'config.json')) ?? {};
  const fingerprints = readDocument(join(folder, 'fingerprints.json')) ?? {};
  const settings = new Set(manifest.nodes.flatMap(({ names = {} }) => Object.keys(names)));
  return {
    report,
    manifest,
    configuration: configuration as JsonObject,
    fingerprints: fingerprints as { readonly [node: string]: Json },
    rows: await readRunRows(join(folder, 'tables'), [...settings]),
    exhibits: readExhibits(folder).map((exhibit) => shown(folder, exhibit)),
    logs: new Map(
      manifest.nodes.flatMap(({ id }) => {
        const file = join(folder, 'logs', logFileName(id));
        if (!existsSync(file)) return [];
        const lines = lastLinesOf(file, linesOfLog).map((line) => shortLine(stripVTControlCharacters(line)));
        return [[id, lines] as const];
      }),
    ),
  };
}

/** A larger picture is a link. */
const mostBytesInPage = 1_000_000;

function shown(folder: string, exhibit: Exhibit): ShownExhibit {
  if (exhibit.type !== 'figure' || exhibit.bytes > mostBytesInPage) return exhibit;
  const type = exhibit.file.endsWith('.png') ? 'png' : exhibit.file.endsWith('.svg') ? 'svg+xml' : undefined;
  if (type === undefined) return exhibit;
  // As an image, so that nothing in it is executed.
  const bytes = readFileSync(join(folder, exhibit.file));
  return { ...exhibit, data: `data:image/${type};base64,${bytes.toString('base64')}` };
}

function shortLine(line: string): string {
  return line.length > longestLine ? `${line.slice(0, longestLine - 1)}…` : line;
}
