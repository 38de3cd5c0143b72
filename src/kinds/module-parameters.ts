import { normalize } from 'node:path';
import { isFileAt } from '../base/files/user-path.js';
import { torchInterpreter } from '../engines/torch/torch-interpreter.js';
import type { MissingFile, Objection, PythonProgram } from './kind.js';
import { type NamedModule, placeOfModule } from './model-module.js';
import { kshotModule, variablesOf } from './program/program-environment.js';
import { leaves } from './program/program-parameters.js';

/** What names a model of the user's, as a parameter of the kinds that train or adapt one. */
export const moduleParameters = {
  model: {
    description:
      'A PyTorch module of your own in place of the built-in GRU, computed by the engine torch; the same where it is trained and where it is evaluated.',
    type: 'object',
    additionalProperties: false,
    required: ['python'],
    properties: {
      python: {
        description: 'Its file, relative to the root, and its class: `models/sasrec.py:SASRec`.',
        type: 'string',
        pattern: '^[^:]+\\.py:[A-Za-z_][A-Za-z0-9_]*$',
        examples: ['models/sasrec.py:SASRec'],
      },
      with: {
        description: 'What the class is made with, by name, beside the number of items.',
        type: 'object',
        additionalProperties: true,
      },
      head: {
        description:
          'Names of the parameters of its output layer, which `adapt: head` moves alone; `*` stands for anything.',
        type: 'array',
        items: { type: 'string', minLength: 1 },
        minItems: 1,
      },
    },
  },
} as const;

interface Given {
  readonly model?: NamedModule;
  readonly adapt?: string;
  readonly padding_idx?: number | null;
  readonly pad_to?: number | null;
}

/** What a kind that takes such a model says of it to planning. */
export const moduleKind = {
  onlyEngine: ({ model }: Given) => (model === undefined ? undefined : 'torch'),
  interpreter: ({ model }: Given) =>
    model === undefined ? undefined : { parameter: 'python', ...interpreterOfModule() },
  pythonProgram: ({ parameters: { model } }: { readonly parameters: Given }, root: string) =>
    model === undefined || !isFileAt(`${root}/${placeOfModule(model).file}`) ? undefined : programOf(model),
  missingFiles: ({ parameters: { model } }: { readonly parameters: Given }, root: string) =>
    model === undefined ? [] : missingModule(placeOfModule(model).file, root),
};

/** What a step with such a model may not say. */
export function objectionsToModule(given: Given): readonly Objection[] {
  if (given.model === undefined) return [];
  const { file } = placeOfModule(given.model);
  const objections: Objection[] = [];
  if (leaves(file)) {
    objections.push({
      message: `model: ${file} is not a path inside the root, relative to it`,
      path: ['model', 'python'],
    });
  }
  if (given.adapt === 'head' && given.model.head === undefined) {
    objections.push({
      message: 'adapt: head wants to know the output layer of your model: head: [output.*] under model',
      path: ['adapt'],
    });
  }
  if (given.padding_idx === 0) {
    objections.push({ message: 'padding_idx is one of the built-in GRU', path: ['padding_idx'] });
  }
  if (given.pad_to !== undefined && given.pad_to !== null) {
    objections.push({ message: 'pad_to is one of the built-in GRU', path: ['pad_to'] });
  }
  return objections;
}

function interpreterOfModule() {
  return { program: torchInterpreter(), path: process.env['PATH'] ?? '', isStepsOwn: false } as const;
}

function programOf(model: NamedModule): PythonProgram {
  return {
    start: { script: placeOfModule(model).file },
    mayImportAnything: false,
    parameter: 'model',
    inputNames: [],
    files: [],
    declared: [],
    interpreter: interpreterOfModule(),
    environment: variablesOf(['PATH', 'HOME', 'LANG', 'PYTHONPATH']),
    ownModule: kshotModule,
  };
}

function missingModule(file: string, root: string): readonly MissingFile[] {
  return leaves(file) || isFileAt(`${root}/${normalize(file)}`) ? [] : [{ path: file, text: file }];
}
