import { normalize, resolve } from 'node:path';
import { isFileAt, isFolderAt } from '../../base/files/user-path.js';
import {
  defineKind,
  type Interpreter,
  type MissingFile,
  type Objection,
  type PlannedStep,
  type PythonProgram,
  type StepShape,
} from '../kind.js';
import { type Canonical, type Complete, declareParameters } from '../parameters.js';
import { checkProgram } from './check-program.js';
import { declaredFiles, isDeclared, pythonModules } from './declared-files.js';
import { launchOf } from './launch.js';
import { outputPaths } from './program-outputs.js';
import {
  leaves,
  programForms,
  programKind,
  programProperties,
  scalar,
  scalarText,
} from './program-parameters.js';
import { pythonSurroundings } from './reads/python-surroundings.js';
import { variantOf } from './reads/step-variant.js';
import { undeclaredFiles } from './reads/undeclared-files.js';

const parameters = declareParameters(
  {
    properties: {
      script: {
        description: 'The script, relative to the root.',
        type: 'string',
        minLength: 1,
      },
      module: {
        description: 'In place of a script: the module that `python3 -m` runs, `pkg.train`.',
        type: 'string',
        pattern: '^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$',
        examples: ['package.module'],
      },
      args: {
        description:
          'Its arguments; `{NAME}` stands for a value of `params`. Without it, every param is a flag: `--lr 0.01`, `--amp` or `--no-amp`, lists and maps as JSON, none for null.',
        type: 'array',
        items: scalar,
      },
      ...programProperties,
    },
  },
  {
    canonical: {
      script: (script) => (script === undefined ? undefined : normalize(script)),
      args: (args) => args?.map(scalarText),
      ...programForms,
    },
  },
);

type Given = Complete<typeof parameters>;

/** A Python script or module. */
export const python = defineKind<Given, Canonical<typeof parameters>>({
  name: 'python',
  summary:
    'Runs a Python script or module, with the python3 of PATH or of kshot.yaml, in a fresh folder that holds the inputs, the declared files and the modules of the project that it imports, and collects its outputs.',
  parameters,
  ...programKind,
  variant: (given, root) => variantOf(given, root, true),
  check: checkPython,
  files: declaredFiles,
  pythonProgram,
  undeclaredFiles: (step, root) =>
    undeclaredFiles(
      step,
      launchOf(parameters.canonical(step.parameters)),
      root,
      (path) =>
        path === normalize(step.parameters.script ?? '') ||
        step.files?.some((file) => file.path === path) === true,
    ),
  missingFiles,
  interpreter: (given): Interpreter => ({ parameter: 'python', ...interpreterOf(given) }),
  load: () => import('./program-body.js'),
});

function interpreterOf({ env }: Given): Omit<Interpreter, 'parameter'> {
  const { PATH: own } = env;
  return {
    program: 'python3',
    path: own === undefined ? (process.env['PATH'] ?? '') : String(own),
    isStepsOwn: own !== undefined,
  };
}

/** Of a script that another step makes nothing is known: it may import every module of the project. */
function pythonProgram({ parameters: given, inputNames }: StepShape<Given>, root: string): PythonProgram {
  const { module } = given;
  const { env } = launchOf(parameters.canonical(given));
  const script = scriptOf(given, root);
  const mayImportAnything = module === undefined && script === undefined;
  const written = Object.values(outputPaths(given.outputs));
  const modules = mayImportAnything ? pythonModules(root).filter((path) => !written.includes(path)) : [];
  return {
    ...(module !== undefined ? { start: { module } } : script === undefined ? {} : { start: { script } }),
    ...pythonSurroundings(given, env, root, modules),
    mayImportAnything,
    inputNames,
    parameter: module === undefined ? 'script' : 'module',
    interpreter: interpreterOf(given),
  };
}

/** The script as a file of the root; undefined where there is none, be it that another step makes it. */
function scriptOf({ script }: Given, root: string): string | undefined {
  const path = normalize(script ?? '.');
  return !leaves(path) && isFileAt(resolve(root, path)) ? path : undefined;
}

function checkPython(step: PlannedStep<Given>): readonly Objection[] {
  const { script, module, args = [] } = step.parameters;
  const objections: Objection[] = [];
  if ((script === undefined) === (module === undefined)) {
    objections.push({
      message:
        script === undefined
          ? 'python wants a script or a module: script: train.py, or module: pkg.train'
          : 'python wants a script or a module, not both',
      path: ['module'],
    });
  } else if (script !== undefined && leaves(normalize(script))) {
    objections.push({
      message: `script: ${script} is not a path inside the root, relative to it`,
      path: ['script'],
    });
  }
  const launch = launchOf(parameters.canonical(step.parameters));
  const written = {
    parameter: step.parameters.args === undefined ? 'params' : 'args',
    words: args.map(scalarText),
  };
  return [...objections, ...checkProgram(step, written, launch)];
}

/** The script; or the file of a module in a package of the project. */
function missingFiles(
  { parameters: given, inputNames }: StepShape<Given>,
  root: string,
): readonly MissingFile[] {
  const { script, module } = given;
  if (script !== undefined) {
    const path = normalize(script);
    const isThere =
      isFileAt(resolve(root, path)) || inputNames.includes(path) || isDeclared(path, given, root);
    return isThere || leaves(path) ? [] : [{ path: script, text: script }];
  }
  if (module === undefined) return [];
  const path = module.replaceAll('.', '/');
  const [top = ''] = path.split('/');
  // What is not of the project may be installed.
  if (!isFolderAt(resolve(root, top)) && !isFileAt(resolve(root, `${top}.py`))) return [];
  const isThere = [`${path}.py`, `${path}/__main__.py`].some((file) => isFileAt(resolve(root, file)));
  return isThere ? [] : [{ path: `${path}.py`, text: module }];
}
