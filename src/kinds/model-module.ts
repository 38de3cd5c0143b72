import { copyFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { makeFolders } from '../base/files/make-folders.js';
import type { JsonObject } from '../base/json.js';
import type { ModuleShape } from '../model/model-family.js';
import type { KindContext } from './kind-body.js';

/** A model of the user's as a step names it. */
export interface NamedModule {
  readonly python: string;
  readonly with?: JsonObject;
  readonly head?: readonly string[];
}

/** The file and the class of `models/sasrec.py:SASRec`. */
export function placeOfModule({ python }: NamedModule): {
  readonly file: string;
  readonly className: string;
} {
  const colon = python.lastIndexOf(':');
  return { file: normalize(python.slice(0, colon)), className: python.slice(colon + 1) };
}

/** The shape of a module, with all that it imports of the project in a fresh folder: what was not traced is not there. */
export async function layOutModule(
  { files, scratch }: Pick<KindContext, 'files' | 'scratch'>,
  model: NamedModule,
  rest: Pick<ModuleShape, 'items' | 'seed' | 'secondOrder'>,
): Promise<ModuleShape> {
  for (const [path, source] of Object.entries(files)) {
    if (isAbsolute(path)) continue;
    const target = join(scratch, path);
    makeFolders(dirname(target));
    await copyFile(source, target);
  }
  return {
    ...placeOfModule(model),
    folder: scratch,
    options: model.with ?? {},
    head: model.head ?? [],
    ...rest,
  };
}
