import { constants, copyFileSync, readFileSync } from 'node:fs';
import { badData } from '../../../tables/bad-data.js';
import type { KindContext } from '../../kind-body.js';
import { filePath, inputTree } from '../../ports.js';
import type { TypedOutputParameters } from './typed-output.js';

const hint = 'write PNG, SVG or PDF (fig.savefig("figure.svg")), and close it before the program ends';

/** Writes the port: the picture as it is, once it is known to be one and whole. */
export async function run(context: KindContext<TypedOutputParameters>): Promise<void> {
  const { path, port } = context.parameters;
  const file = filePath(inputTree(context, 'file'));
  const problem = problemOf(readFileSync(file));
  if (problem !== undefined) throw badData(path, problem, { hint });
  copyFileSync(file, context.output(port), constants.COPYFILE_FICLONE);
}

/** What is wrong with a picture, by how its kind begins and ends. */
function problemOf(bytes: Buffer): string | undefined {
  if (bytes.length === 0) return 'is empty';
  const start = bytes.subarray(0, 4096).toString('latin1');
  const end = bytes.subarray(-1024).toString('latin1');
  if (start.startsWith('\x89PNG\r\n\x1a\n'))
    return end.includes('IEND') ? undefined : 'is a PNG that is cut off';
  if (start.startsWith('%PDF-')) return end.includes('%%EOF') ? undefined : 'is a PDF that is cut off';
  if (/<svg[\s>]/.test(start))
    return /<\/svg>\s*$|\/>\s*$/.test(end) ? undefined : 'is an SVG that is cut off';
  return 'is neither PNG nor SVG nor PDF';
}
