import { defineKind } from '../kind.js';
import { declareParameters } from '../parameters.js';
import { fileOf } from '../shapes.js';

const parameters = declareParameters({
  description: 'Any names and values; written as they are, names sorted.',
  additionalProperties: true,
});

/** A literal: whatever stands under `with`, as JSON. */
export const value = defineKind({
  name: 'value',
  summary: 'Writes its `with` as JSON: a constant of the experiment, or a row made by hand.',
  parameters,
  inputs: {},
  outputs: {
    value: {
      shape: fileOf('value'),
      description: 'The value of `with`, as canonical JSON.',
    },
  },
  small: true,
  load: () => import('./value-body.js'),
});
