import { basename } from 'node:path';
import { filesLine } from '../../kinds/program/reads/files-line.js';
import type { Finding, SortOfFinding } from './findings.js';

/** What to write in a step, so that its key knows what it reads. */
export interface LineToAdd {
  /** Of the step itself, or of its `with`. */
  readonly under: 'step' | 'with';
  readonly line: string;
  /** Why so, where it is not plain. */
  readonly because?: string;
}

/** An output of another node with the same content as a file that was read. */
export interface SameOutput {
  readonly name: string;
  /** `train.model` */
  readonly output: string;
}

/** Files that hold a credential, by how their paths end, and the variables that take their place. */
const credentials: { readonly [ending: string]: readonly string[] } = {
  '/.aws/credentials': ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  '/.config/gcloud/application_default_credentials.json': ['GOOGLE_APPLICATION_CREDENTIALS'],
  '/.cache/huggingface/token': ['HF_TOKEN'],
  '/.huggingface/token': ['HF_TOKEN'],
  '/.kaggle/kaggle.json': ['KAGGLE_USERNAME', 'KAGGLE_KEY'],
  '/.netrc': ['WANDB_API_KEY'],
};

const declarable: ReadonlySet<SortOfFinding> = new Set([
  'project',
  'outside',
  'program',
  'configuration',
  'library',
]);

/**
 * The lines that put what was found into the key of a step.
 *
 * @param files what the step declares already
 */
export function linesToAdd(
  findings: readonly Finding[],
  files: readonly string[],
  same: readonly SameOutput[],
): readonly LineToAdd[] {
  const ofOutputs = new Set(same.map(({ name }) => name));
  const declared = findings.filter(
    ({ sort, name }) => declarable.has(sort) && variablesFor(name).length === 0 && !ofOutputs.has(name),
  );
  const all = declared.map(({ name, how }) => (how === 'listed' ? `${name}/` : name));
  const names = all.filter(
    (name) => !all.some((other) => other.endsWith('/') && name !== other && name.startsWith(other)),
  );
  const variables = [...new Set(findings.flatMap(({ name }) => variablesFor(name)))];
  return [
    ...same.map(({ name, output }): LineToAdd => {
      const port = basename(name)
        .replace(/\.[^.]*$/, '')
        .replace(/\W+/g, '_');
      return {
        under: 'step',
        line: `in: { ${port}: ${/^[\w.-]+$/.test(output) ? output : JSON.stringify(output)} }`,
        because: `${name} is what ${output} gave: have the program read it as ${port}, in the folder that it starts in`,
      };
    }),
    ...(names.length === 0 ? [] : [{ under: 'with', line: filesLine([...files, ...names]) } as const]),
    ...(variables.length === 0
      ? []
      : [
          {
            under: 'with',
            line: `pass_env: [${variables.join(', ')}]`,
            because: 'in place of files that hold credentials, which no key should hold',
          } as const,
        ]),
  ];
}

function variablesFor(path: string): readonly string[] {
  return Object.entries(credentials).find(([ending]) => path.endsWith(ending))?.[1] ?? [];
}
