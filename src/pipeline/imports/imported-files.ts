import type { Failure } from '../../base/failure.js';
import type { Result } from '../../base/result.js';
import type { ExternalFile, ExternalFiles, Objection, PythonProgram } from '../../kinds/kind.js';
import { filesLine } from '../../kinds/program/reads/files-line.js';
import type { DynamicImport, PlaceInModule, TracedImports } from './traced-imports.js';

/** The files of a program with the modules that it imports, and what stands for these in the key. */
export function filesWithImports(
  declared: ExternalFiles,
  program: PythonProgram,
  traced: Result<TracedImports, Failure> | undefined,
): ExternalFiles {
  if (traced === undefined) return declared;
  const path = [program.parameter];
  if (!traced.ok) {
    const { message, hint } = traced.failure;
    const trouble = { message: hint === undefined ? message : `${message}; ${hint}`, path };
    if (program.interpreter.mayBeSilent) {
      return { ...declared, remarks: [...(declared.remarks ?? []), trouble] };
    }
    return { ...declared, objections: [...(declared.objections ?? []), trouble] };
  }
  const { dynamic, isThere } = traced.value;
  const remarks = isThere
    ? remarksOn(traced.value, program, declared.files)
    : [`there is no module for its python3 that is called so`];
  return {
    ...declared,
    files: withModules(declared.files, traced.value),
    objections: [
      ...(declared.objections ?? []),
      ...uncovered(dynamic, program).map((objection) => ({ ...objection, path })),
    ],
    remarks: [...(declared.remarks ?? []), ...remarks.map((message) => ({ message, path }))],
    imports: textOf(traced.value, new Set(declared.files.map(({ path }) => path))),
  };
}

/** The files that are declared, and the modules that are not. */
function withModules(files: readonly ExternalFile[], { modules }: TracedImports): readonly ExternalFile[] {
  const traced = new Map(modules.map(({ file, place, content }) => [place ?? file, content]));
  const declared = files.map((file) => {
    const content = traced.get(file.path);
    return content === undefined ? file : { ...file, traced: content };
  });
  const known = new Set(files.map(({ path }) => path));
  const others = [...traced].filter(([path]) => !known.has(path));
  return [
    ...declared,
    ...others.map(([path, content]) => ({ name: path, path, traced: content, isInImports: true as const })),
  ];
}

/**
 * A line for each thing, sorted: its sort, its name and what it is, between tabs. Definitions say what has changed of a
 * module; their digests follow from the module's. Modules that are declared have their bytes in the key.
 */
function textOf({ modules, distributions }: TracedImports, declared: ReadonlySet<string>): string {
  const lines = [
    ...Object.entries(distributions).map(([name, version]) => ['distribution', name, version]),
    ...modules
      .filter(({ place }) => place === null || !declared.has(place))
      .flatMap(({ name, place, digest, parts }) => [
        ['module', place ?? name, digest],
        ...Object.entries(parts).map(([part, own]) => ['part', place ?? name, part, own]),
      ]),
  ];
  return `${lines
    .map((line) => line.join('\t'))
    .sort()
    .join('\n')}\n`;
}

/** Imports that no declared file covers. */
function uncovered(dynamic: readonly DynamicImport[], program: PythonProgram): readonly Objection[] {
  return dynamic
    .filter(({ folders }) => !isCovered(folders, program.files))
    .map(({ place, line, folders }) => ({
      message: `${place}, line ${line}, imports a module whose name is not written out there, so that an edit of that module would not be seen`,
      undeclared: `name the modules that it may be: ${filesLine([
        ...program.declared,
        ...(folders.length === 0 ? ['**/*.py'] : folders.map((folder) => `${folder}/*.py`)),
      ])}`,
    }));
}

function isCovered(folders: readonly string[], files: readonly string[]): boolean {
  if (folders.length === 0) return files.length > 0;
  return folders.every((folder) => files.some((file) => file.startsWith(`${folder}/`)));
}

/** What may be found where the step runs, and is in no key. */
function remarksOn(
  { missing, unknownFolders }: TracedImports,
  { inputNames, elsewhere }: PythonProgram,
  declared: readonly ExternalFile[],
): readonly string[] {
  const nowhere = missing.filter(({ name }) => {
    const [top = ''] = name.split('.');
    return !inputNames.includes(top) && !inputNames.includes(`${top}.py`);
  });
  if (elsewhere !== undefined) {
    return nowhere.filter(({ name }) => !mayBeAmong(declared, name)).map((one) => unfollowed(one, elsewhere));
  }
  return nowhere.length === 0 ? [] : [...unknownFolders.map(unknownFolder), ...nowhere.map(absent)];
}

/** Whether a module that is found nobody knows where may be one of these files. */
function mayBeAmong(files: readonly ExternalFile[], name: string): boolean {
  const path = name.replaceAll('.', '/');
  return files.some((file) =>
    [`/${path}.py`, `/${path}/__init__.py`].some((end) => `/${file.path}`.endsWith(end)),
  );
}

function unfollowed(
  { name, place, line }: TracedImports['missing'][number],
  elsewhere: NonNullable<PythonProgram['elsewhere']>,
): string {
  const does = { PYTHONPATH: 'sets PYTHONPATH', cd: 'changes to another folder' }[elsewhere];
  const instead = {
    PYTHONPATH: 'a step of kind python with PYTHONPATH in its env',
    cd: 'a step of kind python with the whole path of the script, without cd',
  }[elsewhere];
  return `argv ${does} before it starts Python, which kshot cannot follow: ${name}, which ${place} imports in line ${line}, is in no key; write ${instead}, or declare the module under files`;
}

function unknownFolder({ place, line }: PlaceInModule): string {
  return `${place}, line ${line}, adds a folder to sys.path that is not written out: what is imported from there is in no key`;
}

function absent({ name, place, line }: TracedImports['missing'][number]): string {
  return `${place}, line ${line}, imports ${name}, which is neither in the project nor installed for its python3`;
}
