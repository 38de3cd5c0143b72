import { constants } from 'node:fs';
import { chmod, copyFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { FailureError } from '../../base/failure.js';
import { makeFolders } from '../../base/files/make-folders.js';
import { leavesOf, type Tree } from '../../base/files/tree.js';
import { withNumberText } from '../../base/number-text.js';
import { own } from '../../base/own-properties.js';
import { isParquet } from '../../tables/is-parquet.js';
import type { KindContext } from '../kind-body.js';
import { isPackedFolder, unpackFolder } from './folder/unpack-folder.js';
import type { ListLabels } from './list-labels.js';
import type { TableForm } from './table-form.js';

/**
 * Copies, sharing blocks where the file system can: a link would let a program that runs as root write through
 * to the cache, and a linked script would find its neighbours in the root, which no key knows.
 */
export async function placeInputs(
  context: Pick<KindContext, 'inputs' | 'files' | 'scratch' | 'threads'>,
  labels: ListLabels = {},
  tables: TableForm = 'parquet',
): Promise<void> {
  const inputs = Object.entries(context.inputs).flatMap(([port, tree]) =>
    leavesOfInput(port, tree, own(labels, port)).map(({ path, leaf }) => ({ path, source: leaf })),
  );
  // A file outside of the root is read where it is.
  const files = Object.entries(context.files)
    .filter(([path]) => !isAbsolute(path))
    .map(([path, source]) => ({ path, source }));
  for (const { path, source } of [...inputs, ...files]) {
    const target = placeOf(context, path);
    makeFolders(dirname(target));
    const isPacked = inputs.some((input) => input.path === path) && (await isPackedFolder(source));
    try {
      if (isPacked) await unpackFolder(source, target);
      else await copyFile(source, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new FailureError({
        reason: 'invalid-value',
        message: `${path} is both an input and one of the files, or twice an input`,
        hint: 'rename the input under `in`',
      });
    }
    if (!isPacked) await chmod(target, (await stat(source)).mode & 0o555);
  }
  if (tables !== 'parquet') await rewriteTables(inputs, tables, context);
  for (const [port, elements] of Object.entries(labels)) await placeIndex(context, port, elements);
}

/** Puts what the inputs have in parquet in its place in another form. */
async function rewriteTables(
  inputs: readonly { readonly path: string; readonly source: string }[],
  form: Exclude<TableForm, 'parquet'>,
  context: Pick<KindContext, 'scratch' | 'threads'>,
): Promise<void> {
  // Only where it is asked for: it loads DuckDB.
  const { convertTables } = await import('./table-form.js');
  const files = inputs
    .filter(({ source }) => isParquet(source))
    .map(({ path, source }) => ({ source, target: placeOf(context, path) }));
  for (const { target } of files) await rm(target);
  await convertTables(files, form, { threads: context.threads });
  for (const { target } of files) await chmod(target, 0o444);
}

/** The leaves of an input and their places: in a list that has labels, elements are called by them. */
function leavesOfInput(
  port: string,
  tree: Tree<string>,
  labels: ListLabels[string] | undefined,
): readonly { readonly path: string; readonly leaf: string }[] {
  if (labels === undefined) return [...leavesOf(tree, port)];
  return elementsIn(tree).flatMap((element, index) => [
    ...leavesOf(element, `${port}/${labels[index]?.name ?? index}`),
  ]);
}

function elementsIn(tree: Tree<string>): readonly Tree<string>[] {
  return tree.type === 'list' ? tree.elements.flatMap(elementsIn) : [tree];
}

/** A list of the elements, a row each with its place and what tells it from the others. */
async function placeIndex(
  context: Pick<KindContext, 'scratch'>,
  port: string,
  elements: ListLabels[string],
): Promise<void> {
  const rows = elements.map(({ name, values }) => ({ ...values, path: `${port}/${name}` }));
  const target = placeOf(context, `${port}/index.json`);
  await writeFile(target, `${withNumberText(JSON.stringify(rows, null, 2))}\n`);
  await chmod(target, 0o444);
}

/**
 * Where a path is in the fresh folder. Planning lets only those through that stay inside; one that it missed must
 * not write elsewhere.
 */
export function placeOf({ scratch }: Pick<KindContext, 'scratch'>, path: string): string {
  const place = join(scratch, path);
  if (isInside(place, scratch)) return place;
  throw new FailureError({
    reason: 'invalid-value',
    message: `${path} leaves the step's folder`,
    hint: 'rename the input, or change the path of the file or output',
  });
}

export function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder + sep);
}
