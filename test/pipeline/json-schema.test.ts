import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { pipelineSchema } from '../../src/pipeline/json-schema.js';
import { experiment } from './load-text.js';

const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
  pipelineSchema(),
);
const isValid = (text: string) => validate(parse(text));

test('the experiment is valid by the schema, templates and all', () => {
  expect(isValid(experiment) || validate.errors).toBe(true);
});

test('an overlay need not say everything, and takes out with null', () => {
  expect(isValid('extends: a.yaml\nsteps: { x: null, y: { with: { k: 1 } } }')).toBe(true);
  expect(isValid('version: 1\nsteps: { y: { with: { k: 1 } } }')).toBe(false);
});

test.each([
  ['an unknown key', 'nmae: x'],
  ['an unknown kind', 'steps: { x: { kind: data.splt } }'],
  ['an unknown parameter', 'steps: { x: { kind: data.split, with: { trian: 0.5 } } }'],
  ['a wrong value', 'steps: { x: { kind: data.split, with: { train: 2 } } }'],
  ['an unknown port', 'steps: { x: { kind: data.split, in: { pair: y } } }'],
  ['a matrix over an unknown parameter', 'steps: { x: { kind: data.split, matrix: { trian: [1] } } }'],
  ['a matrix of a wrong value', 'steps: { x: { kind: data.split, matrix: { train: [2] } } }'],
  ['an engine where none computes', 'steps: { x: { kind: data.split, engine: reference } }'],
])('%s is no pipeline by the schema', (_, text) => {
  expect(isValid(`extends: a.yaml\n${text}`)).toBe(false);
});

test('the same registry gives the same schema', () => {
  expect(JSON.stringify(pipelineSchema())).toBe(JSON.stringify(pipelineSchema()));
});
