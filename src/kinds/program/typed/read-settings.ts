import { typedOutput } from './typed-output.js';

/** Values that a program chose. */
export const readSettings = typedOutput({
  content: 'settings',
  summary:
    'Reads values that a program chose: a JSON object of names with a number, a text or a truth value each.',
  description: 'The values as JSON, names sorted.',
  load: () => import('./read-settings-body.js'),
});
