import { isAbsolute, normalize, resolve } from 'node:path';
import {
  defineKind,
  type ExternalFiles,
  type Interpreter,
  type MissingFile,
  type Objection,
  type PlannedStep,
  type PythonProgram,
  type StepShape,
} from '../kind.js';
import { type Canonical, type Complete, declareParameters, inNoKey } from '../parameters.js';
import { checkProgram } from './check-program.js';
import { declaredFiles, isDeclared } from './declared-files.js';
import { type Launch, launchOf, placeholdersIn } from './launch.js';
import { missingScript } from './missing-script.js';
import { ownVariable } from './program-environment.js';
import {
  filesOf,
  programForms,
  programKind,
  programProperties,
  scalar,
  scalarText,
} from './program-parameters.js';
import { filesLine } from './reads/files-line.js';
import {
  isPlainStart,
  type LaunchedPrograms,
  launchedPrograms,
  pythonStart,
} from './reads/launched-programs.js';
import { pythonSurroundings } from './reads/python-surroundings.js';
import { modulesElsewhere } from './reads/shell-lines.js';
import { variantOf } from './reads/step-variant.js';
import { undeclaredFiles } from './reads/undeclared-files.js';

const parameters = declareParameters(
  {
    required: ['argv'],
    properties: {
      argv: {
        description:
          'The program and its arguments as a list; one string for a shell where `shell: true`. `{NAME}` stands for a value of `params`.',
        anyOf: [
          { type: 'array', items: scalar, minItems: 1 },
          { type: 'string', minLength: 1 },
        ],
      },
      shell: {
        description: 'Whether `argv` is a line for `/bin/sh`.',
        type: 'boolean',
        default: false,
      },
      ...programProperties,
    },
  },
  {
    canonical: {
      argv: (argv): string | readonly string[] => (typeof argv === 'string' ? argv : argv.map(scalarText)),
      // The form of argv says it.
      shell: inNoKey,
      ...programForms,
    },
  },
);

type Given = Complete<typeof parameters>;

/** What reaches the body: `argv` as strings (one where a shell reads it), output paths by port. */
export type CommandParameters = Canonical<typeof parameters>;

let lastLaunch: { readonly given: Given; readonly launch: Launch } | undefined;

/** What a program is started with, by its parameters as they are given: planning asks three times in a row. */
function launchFrom(given: Given): Launch {
  if (lastLaunch?.given === given) return lastLaunch.launch;
  const launch = launchOf(parameters.canonical(given));
  lastLaunch = { given, launch };
  return launch;
}

/** Any program, in a folder of its own. */
export const command = defineKind({
  name: 'command',
  summary:
    'Runs a program in a fresh folder that holds the inputs and the declared files, and collects its outputs.',
  parameters,
  ...programKind,
  variant,
  check: checkCommand,
  files: filesOfCommand,
  undeclaredFiles: (step, root) => {
    const { programs } = launchedBy(step.parameters, root);
    const isProgram = (path: string) => programs.some((program) => program.path === resolve(root, path));
    return undeclaredFiles(step, launchFrom(step.parameters), root, isProgram);
  },
  missingFiles,
  pythonProgram,
  interpreter: (given, root) => {
    const interpreter = pythonOf(given, root);
    return interpreter && { parameter: 'python', ...interpreter };
  },
  load: () => import('./program-body.js'),
});

const plainStarts = new WeakMap<readonly unknown[], boolean>();

function variant(given: Given, root: string): string {
  const { argv, env } = given;
  if (typeof argv === 'string') return variantOf(given, root, false);
  let isPlain = plainStarts.get(argv);
  if (isPlain === undefined) {
    const searched = Object.hasOwn(env, 'PATH') ? String(env['PATH']) : ownVariable('PATH');
    const isOpen = (word: string) => placeholdersIn(word).length > 0;
    isPlain = isPlainStart(argv.map(scalarText), { root, searched }, isOpen);
    plainStarts.set(argv, isPlain);
  }
  return variantOf(given, root, isPlain);
}

const startedPrograms = new WeakMap<Given, LaunchedPrograms>();

function launchedBy(given: Given, root: string): LaunchedPrograms {
  const known = startedPrograms.get(given);
  if (known !== undefined) return known;
  const { argv, env } = launchFrom(given);
  const launched = launchedPrograms(argv, { root, searched: env['PATH'] ?? ownVariable('PATH') });
  startedPrograms.set(given, launched);
  return launched;
}

/** What it declares, and the programs that it starts, by content; their names are no paths. */
function filesOfCommand(given: Given, root: string): ExternalFiles {
  const declared = declaredFiles(given, root);
  const launched = launchedBy(given, root);
  const byLaunch = filesOfLaunches.get(declared) ?? new Map<string, ExternalFiles>();
  filesOfLaunches.set(declared, byLaunch);
  const name = JSON.stringify(launched);
  const files = byLaunch.get(name) ?? withPrograms(declared, launched, given, root);
  byLaunch.set(name, files);
  return files;
}

/** For what a step declares: its files with those programs, the same object for the same. */
const filesOfLaunches = new WeakMap<ExternalFiles, Map<string, ExternalFiles>>();

function withPrograms(
  declared: ExternalFiles,
  { programs, choosers }: LaunchedPrograms,
  given: Given,
  root: string,
): ExternalFiles {
  return {
    ...declared,
    files: [...declared.files, ...programs.map(({ name, path }) => ({ name: `//${name}`, path }))],
    remarks: [
      ...(declared.remarks ?? []),
      ...choosers
        .filter(({ lock }) => !lock.some((file) => isDeclared(file, given, root)))
        .map(({ name, lock }) => ({
          message: `${name} chooses the program and its packages itself, and no key knows which: write the program of the environment in its place (.venv/bin/python, say, with its whole path), or what it goes by: ${filesLine([...given.files, lock[0] ?? ''])}`,
          path: ['argv'],
        })),
    ],
  };
}

/** The first Python that it starts. */
function pythonOf(given: Given, root: string): Omit<Interpreter, 'parameter'> | undefined {
  const [words] = launchedBy(given, root).pythons;
  const { env } = launchFrom(given);
  const [program = ''] = words ?? [];
  if (words === undefined || (program.includes('/') && !isAbsolute(program))) return undefined;
  return { program, path: env['PATH'] ?? ownVariable('PATH'), mayBeSilent: true };
}

function pythonProgram(
  { parameters: given, inputNames }: StepShape<Given>,
  root: string,
): PythonProgram | undefined {
  const interpreter = pythonOf(given, root);
  if (interpreter === undefined) return undefined;
  const start = launchedBy(given, root).pythons.flatMap((words) => pythonStart(words.slice(1)) ?? [])[0];
  const { argv, env } = launchFrom(given);
  const surroundings = pythonSurroundings(given, env, root);
  const elsewhere = modulesElsewhere(argv);
  if (start === undefined && surroundings.files.length === 0) return undefined;
  return {
    // A script is declared, and among the files.
    ...(start !== undefined && 'module' in start ? { start } : scriptOf(start, surroundings.files)),
    ...surroundings,
    mayImportAnything: false,
    inputNames,
    parameter: 'argv',
    interpreter,
    ...(elsewhere === undefined ? {} : { elsewhere }),
  };
}

/** A script that is declared; it finds what lies beside it, which the other files do not. */
function scriptOf(
  start: { readonly script: string } | undefined,
  files: readonly string[],
): Pick<PythonProgram, 'start'> {
  const script = start && normalize(start.script);
  return script !== undefined && files.includes(script) ? { start: { script } } : {};
}

function checkCommand(step: PlannedStep<Given>): readonly Objection[] {
  const { argv, shell } = step.parameters;
  const objections: Objection[] = [];
  if (typeof argv === 'string' && !shell) {
    objections.push({
      message: 'argv is one string, which needs a shell: write a list, or add `shell: true`',
      path: ['argv'],
    });
  }
  if (typeof argv !== 'string' && shell) {
    objections.push({
      message: '`shell: true` wants argv as one string, the line that the shell reads',
      path: ['argv'],
    });
  }
  const words = typeof argv === 'string' ? [argv] : argv.map(scalarText);
  return [...objections, ...checkProgram(step, { parameter: 'argv', words }, launchFrom(step.parameters))];
}

/** The script that an interpreter in `argv` is to run, where it is neither in the root nor an input nor declared. */
function missingFiles(
  { parameters: given, inputNames }: StepShape<Given>,
  root: string,
): readonly MissingFile[] {
  const { argv, env } = launchFrom(given);
  if (typeof argv === 'string') return [];
  const script = missingScript(argv, {
    root,
    searched: () => env['PATH'] ?? ownVariable('PATH'),
    known: () => [...inputNames, ...filesOf(given), ...Object.values(parameters.canonical(given).outputs)],
  });
  return script === undefined ? [] : [{ path: script, text: script }];
}
