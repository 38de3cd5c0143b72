import { defineKind, type MissingFile, type Objection, type PlannedStep, type StepShape } from '../kind.js';
import { type Canonical, type Complete, declareParameters, inNoKey } from '../parameters.js';
import { checkProgram, undeclaredFiles } from './check-program.js';
import { declaredFiles } from './declared-files.js';
import { type Launch, launchOf } from './launch.js';
import { missingScript } from './missing-script.js';
import {
  filesOf,
  programForms,
  programKind,
  programProperties,
  scalar,
  scalarText,
} from './program-parameters.js';

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

const launches = new WeakMap<Given, Launch>();

/** What a program is started with, by its parameters as they are given: planning asks three times. */
function launchFrom(given: Given): Launch {
  const known = launches.get(given);
  if (known !== undefined) return known;
  const launch = launchOf(parameters.canonical(given));
  launches.set(given, launch);
  return launch;
}

/** Any program, in a folder of its own. */
export const command = defineKind({
  name: 'command',
  summary:
    'Runs a program in a fresh folder that holds the inputs and the declared files, and collects its outputs.',
  parameters,
  ...programKind,
  check: checkCommand,
  files: declaredFiles,
  undeclaredFiles: (step, root) => undeclaredFiles(step, launchFrom(step.parameters), root),
  missingFiles,
  load: () => import('./program-body.js'),
});

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
    searched: () => env['PATH'] ?? process.env['PATH'] ?? '',
    known: () => [...inputNames, ...filesOf(given), ...Object.values(parameters.canonical(given).outputs)],
  });
  return script === undefined ? [] : [{ path: script, text: script }];
}
