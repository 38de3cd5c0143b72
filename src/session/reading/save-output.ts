import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import type { Failure } from '../../base/failure.js';
import { makeFolder } from '../../base/files/folders.js';
import { replaceUserFile, stagingFolder } from '../../base/files/user-file.js';
import { isFolderAt } from '../../base/files/user-path.js';
import { failed, type Result, success } from '../../base/result.js';
import { endingOfContent, formOfOutput, type PublicationForm } from '../../pipeline/spec/publication-form.js';
import { asFileName, withLabel } from '../../pipeline/spec/published-path.js';
import { openFormWriter } from '../../report/publish/form-writer.js';
import type { Store } from '../../store/store.js';
import { openProjectStore } from '../open-store.js';
import type { RequestPlace } from '../planning/plan-pipeline.js';
import { type FoundOutput, type FoundOutputs, findOutputs } from './find-outputs.js';
import { alsoIn, spoiltOutput } from './get-output.js';
import { whyOutdated } from './why-outdated.js';

/** Files that were written of what a run gave. */
export interface SavedOutputs {
  readonly run: string;
  readonly files: readonly {
    /** `NODE.PORT`, and behind a slash the file of a port that has several. */
    readonly output: string;
    /** Absolute. */
    readonly file: string;
  }[];
  /** Where no run was named: other pipelines, runs of which have the step too; absent where there are none. */
  readonly also_in?: readonly string[];
  /** Where no run was named: why the pipeline as it stands would not give the same; absent where it would. */
  readonly outdated?: string;
}

interface Due {
  readonly found: FoundOutput;
  readonly file: string;
  readonly form: PublicationForm;
}

/**
 * Writes what a name stands for to files, each whole or not at all, over what is there: one, or for a list as many, with
 * `{label}` in the path or in a folder. The ending says the form, as for files that a pipeline publishes.
 */
export async function saveOutput(
  place: RequestPlace,
  name: string,
  path: string,
  run?: string,
): Promise<Result<SavedOutputs, Failure[]>> {
  const found = await findOutputs(place.root, name, run);
  if (!found.ok) return found;
  const due = filesDue(place, name, path, found.value);
  if (!due.ok) return due;
  const opened = await openProjectStore(place.root);
  if (!opened.ok) return opened;
  const store = opened.value;
  const bad = (await Promise.all(due.value.map(({ found }) => spoiltOutput(found, store)))).filter(
    (failure) => failure !== undefined,
  );
  if (bad.length > 0) return failed(bad);
  await writeAll(due.value, store);
  const outdated = run === undefined ? await whyOutdated(place.root, name, found.value) : undefined;
  return success({
    run: found.value.run,
    files: due.value.map(({ found: { output }, file }) => ({ output, file })),
    ...alsoIn(found.value),
    ...(outdated === undefined ? {} : { outdated }),
  });
}

/** Where each output goes, and how; or all that is wrong with it. */
function filesDue(
  { root, folder }: RequestPlace,
  name: string,
  path: string,
  { run, isList, outputs }: FoundOutputs,
): Result<readonly Due[], Failure[]> {
  const isFolder = path.endsWith('/') || isFolderAt(resolve(folder, path));
  const hasLabel = path.includes('{label}');
  if (!isFolder && isList !== hasLabel) return failed([labelFailure(name, path, isList)]);
  const tag = basename(run);
  const due = outputs.map((found) => {
    const pattern = isFolder ? join(path, fileNameOf(found, name, isList)) : path;
    return { found, file: resolve(folder, withLabel(pattern.replaceAll('{tag}', tag), found.label)) };
  });
  const formed = due.map(({ found, file }, index) => {
    const kept = ['cache', 'artifacts'].find((one) => !relative(join(root, one), file).startsWith('..'));
    if (kept !== undefined) return failed([keptFolder(file, kept)]);
    if (due.slice(0, index).some((other) => other.file === file)) return failed([sameFile(file)]);
    const form = formOf(found, file);
    return form.ok ? success({ found, file, form: form.value }) : form;
  });
  const failures = formed.flatMap((one) => (one.ok ? [] : one.failure));
  return failures.length > 0
    ? failed(failures)
    : success(formed.flatMap((one) => (one.ok ? [one.value] : [])));
}

/** In a folder: the label of an element, or what was asked for, with the ending of the bytes. */
function fileNameOf({ content, ending }: FoundOutput, name: string, isList: boolean): string {
  const own = (content.ok ? endingOfContent(content.value) : undefined) ?? ending;
  return `${isList ? '{label}' : asFileName(name)}${own}`;
}

function formOf({ output, content, ending }: FoundOutput, file: string): Result<PublicationForm, Failure[]> {
  const asked = extname(file).toLowerCase();
  // Of what is not known only the bytes can be had.
  const isOfRows = ['.csv', '.json', '.md', '.tex'].includes(asked);
  const isBytes = content.ok && content.value === 'bytes';
  if (isBytes && (isOfRows || asked === '.parquet') && ending !== '' && ending.toLowerCase() !== asked) {
    return failed([
      {
        reason: 'invalid-value',
        message: `${output} is the file ${ending} that its program wrote, which is not put into another form`,
        hint: `name it ${basename(file, extname(file))}${ending}; as: table in the step's outputs makes it a table, which can be`,
      },
    ]);
  }
  if (!content.ok) return isOfRows ? failed(content.failure) : success('bytes');
  const form = formOfOutput(content.value, file);
  if ('form' in form) return success(form.form);
  return failed([
    {
      reason: 'invalid-value',
      message: `${output} (${content.value}) has no form for ${basename(file)}`,
      hint: form.hint,
    },
  ]);
}

async function writeAll(due: readonly Due[], store: Pick<Store, 'objectPath'>): Promise<void> {
  const forms = openFormWriter();
  try {
    for (const { found, file, form } of due) {
      makeFolder(dirname(file));
      const staged = join(stagingFolder(file), `.${basename(file)}.${randomBytes(5).toString('hex')}.tmp`);
      try {
        const pieces = found.pieces.map(({ reference: { digest } }) => store.objectPath(digest));
        await forms.write(pieces, form, staged);
        await replaceUserFile(file, staged);
      } finally {
        rmSync(staged, { force: true });
      }
    }
  } finally {
    forms.close();
  }
}

function labelFailure(name: string, path: string, isList: boolean): Failure {
  if (!isList) {
    return {
      reason: 'usage',
      message: `${name} is no list, so that nothing has a {label}`,
      hint: 'take {label} out of the path',
    };
  }
  return {
    reason: 'usage',
    message: `${name} is a list, and its files would have one name`,
    hint: `write {label} into the path, such as ${path.replace(/(\.[^./]*)?$/, '_{label}$1')}, or a folder, ${path}/`,
  };
}

function sameFile(file: string): Failure {
  return { reason: 'usage', message: `two elements would be written to ${file}`, hint: 'name one of them' };
}

function keptFolder(file: string, kept: string): Failure {
  return {
    reason: 'usage',
    message: `${file} is in ${kept}/, which is for kshot alone`,
    hint: 'name a file beside it',
  };
}
